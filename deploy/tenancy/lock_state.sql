-- Deploy smartattend:tenancy/lock_state to pg
begin;
set local role smartattend_owner;

create function tenancy.lock_state(tenant_id uuid)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  select t.state into v_state
  from tenancy.tenant as t
  where t.tenant_id = lock_state.tenant_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'tenant_id ' || coalesce(lock_state.tenant_id::text, 'null'), 'a tenant');
  end if;
  return v_state;
end $$;
comment on function tenancy.lock_state(uuid) is
  'Locks the row of the bound tenant and answers its state, which nobody changes until this transaction ends. Error SA011.';

commit;
