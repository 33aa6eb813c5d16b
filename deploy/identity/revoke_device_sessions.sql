-- Deploy smartattend:identity/revoke_device_sessions to pg
begin;
set local role smartattend_session;

create function identity.revoke_device_sessions(tenant_id uuid, device_id uuid, reason text)
returns bigint
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  with revoked as (
    update identity.login_session as s
    set revoked_at = core.clock(), revoked_because = revoke_device_sessions.reason
    where s.tenant_id = revoke_device_sessions.tenant_id
      and s.user_id is null -- as every device session's is: the index of members finds them
      and s.device_id = revoke_device_sessions.device_id
      and s.revoked_at is null
    returning 1
  )
  select count(*) from revoked
$$;
comment on function identity.revoke_device_sessions(uuid, uuid, text) is
  'Ends every login session of a device, in the transaction that takes it out of service.';
grant execute on function identity.revoke_device_sessions(uuid, uuid, text) to smartattend_owner;

commit;
