-- Deploy smartattend:api/register_reopen to pg
begin;
set local role smartattend_owner;

create function api.register_reopen(key uuid, session_id uuid, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(register_reopen.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('register_reopen', register_reopen.key, to_jsonb(register_reopen.session_id), core.refused('SA107')));
  end if;
  return attendance.move_register(
    'register_reopen', register_reopen.key, register_reopen.session_id, 'reopen', register_reopen.reason
  );
end $$;
comment on function api.register_reopen(uuid, uuid, text, text) is
  'Reopens a submitted register, with a reason. Permission register.reopen in the session''s unit. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA104, SA107.';
grant execute on function api.register_reopen(uuid, uuid, text, text) to smartattend_app;

commit;
