-- Deploy smartattend:attendance/correction_request/apply to pg
begin;
set local role smartattend_owner;

create function attendance.apply_correction(request attendance.correction_request, record attendance.record)
returns attendance.event
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_made attendance.record := record;
  v_signals text[];
  v_event attendance.event;
begin
  v_made.in_at := request.in_at;
  v_made.out_at := request.out_at;
  if request.effect = 'void' then
    v_made.state := 'voided';
  elsif record.state in ('recorded', 'verified') and attendance.overlaps_another(v_made) then
    v_made.state := 'flagged';
    v_signals := array['F17'];
  end if;
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, requester_id, approver_id, base_revision, payload_hash, signals, recorded_at, elapsed_us
  )
  values (
    record.tenant_id, core.derived_key(request.id, 'applied'), case when request.effect = 'revert' then 'revert' else 'correction' end,
    record.subject_id, record.session_id, record.id, record.revision + 1, v_made.state, request.code, request.in_at, request.out_at,
    record.business_date, request.type, request.reason, v_actor.user_id, v_actor.session_id, request.requester_id, request.decider_id,
    request.base_revision, core.payload_hash(to_jsonb(request.id)), v_signals, core.clock(), core.elapsed_us(v_actor)
  )
  returning * into v_event;
  perform attendance.adjust(record, v_event);
  update attendance.record as r
  set revision = v_event.revision,
    state = v_event.state,
    -- A verified record is voided by a correction, a recorded one by the same void as ever.
    state_via = case
      when v_event.state = r.state then r.state_via
      else (
        select t.via
        from core.transition as t
        where t.machine = 'attendance_record' and t.from_state = r.state and t.to_state = v_event.state and t.via in ('correction', 'void', 'flag')
      )
    end,
    state_reason = case
      when v_event.state = r.state then r.state_reason
      when v_event.state = 'flagged' then 'two places at once: the presence overlaps another record'
      else request.reason
    end,
    code = v_event.code,
    in_at = v_event.in_at,
    out_at = v_event.out_at,
    is_open = r.is_open and v_event.state <> 'voided' and v_event.in_at is not null and v_event.out_at is null
  where r.tenant_id = record.tenant_id and r.id = record.id;
  update attendance.correction_request as q
  set state = 'applied', state_via = 'apply'
  where q.tenant_id = request.tenant_id and q.id = request.id;
  return v_event;
end $$;
comment on function attendance.apply_correction(attendance.correction_request, attendance.record) is
  'Makes the next revision of a locked record from a request that was just approved and whose base revision it still has: the event (kind correction or revert), in a closed period the adjustment of the open one, then the record and the request. Where the presence overlaps another one that counts, the record is held (F17): two places at once are stored, never refused. Raises what attendance.adjust raises. The caller has locked the person.';

commit;
