-- Deploy smartattend:identity/revoke_tenant_sessions to pg
begin;
set local role smartattend_session;

create function identity.revoke_tenant_sessions(tenant_id uuid, reason text)
returns bigint
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  with revoked as (
    update identity.login_session as s
    set revoked_at = core.clock(), revoked_because = revoke_tenant_sessions.reason
    where s.tenant_id = revoke_tenant_sessions.tenant_id and s.revoked_at is null
    returning 1
  )
  select count(*) from revoked
$$;
comment on function identity.revoke_tenant_sessions(uuid, text) is 'Ends every login session of a tenant, in the transaction that closes it.';
grant execute on function identity.revoke_tenant_sessions(uuid, text) to smartattend_owner;

commit;
