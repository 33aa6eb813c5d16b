-- Deploy smartattend:api/register_cancel to pg
begin;
set local role smartattend_owner;

create function api.register_cancel(key uuid, session_id uuid, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(register_cancel.token);
begin
  if core.bound_tenant('ordinary_write') is null then
    return core.finish(ledger.refuse('register_cancel', register_cancel.key, to_jsonb(register_cancel.session_id), core.refused('SA107')));
  end if;
  return attendance.move_register(
    'register_cancel', register_cancel.key, register_cancel.session_id, 'cancel', register_cancel.reason
  );
end $$;
comment on function api.register_cancel(uuid, uuid, text, text) is
  'Cancels a session that did not or will not take place, with a reason: its register (scheduled or open) is cancelled, nobody is expected any more, and the plan does not make it again. Who came stays recorded. For lessons of a timetable see api.put_timetable_exceptions. Permission schedule.manage in the session''s unit. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA104, SA107, SA112 (somebody is recorded absent).';
grant execute on function api.register_cancel(uuid, uuid, text, text) to smartattend_app;

commit;
