-- Deploy smartattend:api/correction_decide to pg
begin;
set local role smartattend_owner;

create function api.correction_decide(key uuid, request_id uuid, via text, reason text default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(correction_decide.token);
begin
  if correction_decide.via is null or correction_decide.via not in ('approve', 'reject') then
    perform core.fail('SA010', 'via ' || coalesce(correction_decide.via, 'null'), 'approve or reject');
  end if;
  return attendance.decide_correction(
    'correction_decide', correction_decide.key, correction_decide.request_id, correction_decide.via, correction_decide.reason
  );
end $$;
comment on function api.correction_decide(uuid, uuid, text, text, text) is
  'Decides a correction request by approve or reject (with a reason): whoever holds correction.decide in the record''s unit now and is neither the requester nor the subject. What is approved is applied at once: detail {"state": "applied"} with the revision that it made and the state that the record has now (record_state: flagged where the presence overlaps another one, F17), and in a closed period an adjustment of the open one; or, when the record had moved on since the request, {"state": "conflicted"}, and nothing else has changed. Errors SA001 to SA006, SA010 to SA013; refusals SA101, SA102, SA104, SA105, SA107, SA111, SA117.';
grant execute on function api.correction_decide(uuid, uuid, text, text, text) to smartattend_app;

commit;
