-- Deploy smartattend:attendance/revise to pg
begin;
set local role smartattend_owner;

create function attendance.revise(
  record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text,
  state text default null, via text default null
)
returns attendance.event
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_event attendance.event;
begin
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, base_revision, payload_hash, signals, recorded_at, elapsed_us
  )
  values (
    v_actor.tenant_id, revise.key, revise.kind, (revise.record).subject_id, (revise.record).session_id, (revise.record).id,
    (revise.record).revision + 1, coalesce(revise.state, (revise.record).state), (revise.record).code, (revise.record).in_at,
    (revise.record).out_at, (revise.record).business_date, revise.reason_code, revise.reason, v_actor.user_id, v_actor.session_id,
    (revise.record).revision, revise.payload_hash, case when revise.reason_code like 'F__' then array[revise.reason_code] end,
    core.clock(), core.elapsed_us(v_actor)
  )
  on conflict on constraint event_pkey do nothing
  returning * into v_event;
  if not found then
    return null;
  end if;
  update attendance.record as r
  set revision = v_event.revision,
    code = v_event.code,
    in_at = v_event.in_at,
    out_at = v_event.out_at,
    state = v_event.state,
    state_via = coalesce(revise.via, r.state_via),
    state_reason = case when revise.via is null then r.state_reason else revise.reason end,
    is_open = (revise.record).is_open and v_event.state <> 'voided'
  where r.tenant_id = v_event.tenant_id and r.id = v_event.record_id;
  return v_event;
end $$;
comment on function attendance.revise(attendance.record, text, uuid, bytea, text, text, text, text) is
  'Makes the next revision of a locked record, which is given as it shall be, with its present revision and state: its event, then the record. With state and via it is a transition, which the trigger judges. Null, and nothing is written, when another command has the key.';

commit;
