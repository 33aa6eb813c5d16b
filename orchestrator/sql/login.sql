-- A token for a member of a tenant, issued by an operator.
select identity.login(
  tenant_slug => %s, login => %s, lifetime => %s::interval, reason => 'a simulation of the command line'
)
