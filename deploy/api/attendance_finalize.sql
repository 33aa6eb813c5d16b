-- Deploy smartattend:api/attendance_finalize to pg
begin;
set local role smartattend_owner;

create function api.attendance_finalize(key uuid, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_finalize.token);
  v_outcome core.outcome;
  v_made record;
  v_code text;
  v_detail text;
begin
  v_outcome := ledger.claim('attendance_finalize', attendance_finalize.key, null);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.bound_tenant('capture_write') is null then
    v_outcome := core.refused('SA107');
  elsif not identity.holds('attendance.finalize') then
    v_outcome := core.refused('SA104', '{"expected": "attendance.finalize"}');
  else
    v_actor := identity.become_system();
    begin
      select f.* into strict v_made from attendance.finalize(core.clock()) as f;
      v_outcome := core.accepted(null, null, to_jsonb(v_made));
    exception
      when sqlstate 'SA000' then -- A period began to close in between: nothing is written.
        get stacked diagnostics v_code = returned_sqlstate, v_detail = pg_exception_detail;
        v_outcome := core.caught(v_code, v_detail);
    end;
  end if;
  if v_outcome.status = 'refused' then
    v_outcome := ledger.refuse('attendance_finalize', attendance_finalize.key, null, v_outcome);
  end if;
  return core.finish(v_outcome, attendance_finalize.key);
end $$;
comment on function api.attendance_finalize(uuid, text) is
  'Finds absences now: everybody who was expected in a session that is over, where the grace is over or the register submitted and every device of the site has delivered, and who has no record there, gets one (attendance.finalize). One call makes at most 20,000; detail {"absences", "excused", "finalized", "remaining", "waiting", "locked", "not_taken"}: absences, how many of them by a leave, and sessions; call again with another key while remaining is not 0. Permission attendance.finalize for the whole tenant. Errors SA001 to SA006, SA012; refusals SA102, SA104, SA107, SA117.';
grant execute on function api.attendance_finalize(uuid, text) to smartattend_app;

commit;
