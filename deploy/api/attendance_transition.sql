-- Deploy smartattend:api/attendance_transition to pg
begin;
set local role smartattend_owner;

create function api.attendance_transition(
  key uuid, record_id uuid, via text, reason text default null, base_revision integer default null, token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_transition.token);
  v_payload jsonb := jsonb_build_object(
    'record_id', attendance_transition.record_id, 'via', attendance_transition.via, 'reason', attendance_transition.reason,
    'base_revision', attendance_transition.base_revision
  );
  v_hash bytea := core.payload_hash(v_payload);
  v_subject_id uuid;
  v_record attendance.record;
  v_transition core.transition;
  v_event attendance.event;
  v_code text;
  v_detail jsonb;
begin
  if attendance_transition.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this command');
  end if;
  select r.subject_id into v_subject_id
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_transition.record_id;
  if not found then
    perform core.fail('SA011', 'record_id ' || coalesce(attendance_transition.record_id::text, 'null'), 'a record of this tenant');
  end if;
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_subject_id
  for no key update;
  select e.* into v_event
  from attendance.event as e
  where e.tenant_id = v_actor.tenant_id and e.key = attendance_transition.key;
  if found and v_event.payload_hash = v_hash then
    return core.finish(attendance.outcome(v_event, 'replayed'));
  end if;
  select r.* into v_record
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_transition.record_id;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'attendance_record' and t.from_state = v_record.state and t.via = attendance_transition.via;

  v_detail := jsonb_build_object(
    'observed', v_record.state || ', revision ' || v_record.revision, 'expected', attendance_transition.via
  );
  v_code := case
    when v_subject_id is distinct from v_actor.user_id and not identity.holds('attendance.read', v_record.unit_id) then 'SA104'
    when v_event.key is not null or exists (
      select from core.idempotency as i where i.tenant_id = v_actor.tenant_id and i.key = attendance_transition.key
    ) then 'SA102'
    when core.bound_tenant('capture_write') is null then 'SA107'
    -- An approved correction has a procedure of its own.
    when v_transition.permission is null then 'SA101'
  end;
  v_code := coalesce(v_code, attendance.transition_refusal(v_record, attendance_transition.via));
  if v_code is null and attendance_transition.base_revision <> v_record.revision then
    v_code := 'SA103';
  end if;
  v_code := coalesce(
    v_code,
    core.transition_refusal(
      'attendance_record', v_record.state, v_transition.to_state, attendance_transition.via, attendance_transition.reason,
      to_jsonb(v_record)
    )
  );
  if v_code is null and v_transition.requires_reason is false and not coalesce(core.is_reason(attendance_transition.reason), true) then
    v_code := 'SA013';
  end if;
  -- A period that is shut keeps what it has; while it is closing, what is doubted can still be held.
  if v_code is null and (attendance.period_at(v_record.accounted_at)).state <> 'open'
    and not ((attendance.period_at(v_record.accounted_at)).state = 'closing' and attendance_transition.via = 'flag')
  then
    v_code := 'SA117';
  end if;
  v_code := coalesce(v_code, integrity.transition_refusal(v_record.id, attendance_transition.via));
  -- Nobody counts in two places: a held record that overlaps another one waits until that one is held or voided.
  if v_code is null and attendance_transition.via = 'clear' and attendance.overlaps_another(v_record) then
    v_code := 'SA113';
  end if;

  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(attendance_transition.reason, 'null'), 'a reason of at least 10 characters');
  elsif v_code is not null then
    return core.finish(
      ledger.refuse(
        'attendance_transition', attendance_transition.key, v_payload,
        core.refused(v_code, case when v_code <> 'SA104' then v_detail end) -- who may not read it learns nothing of it
      )
    );
  end if;
  v_event := attendance.revise(
    v_record, attendance_transition.via, attendance_transition.key, v_hash, null, attendance_transition.reason,
    v_transition.to_state, attendance_transition.via
  );
  if v_event.key is null then
    -- The key was in flight for another record.
    return core.finish(ledger.refuse('attendance_transition', attendance_transition.key, v_payload, core.refused('SA102')));
  end if;
  return core.finish(attendance.outcome(v_event));
end $$;
comment on function api.attendance_transition(uuid, uuid, text, text, integer, text) is
  'Moves a record by verify, flag, void, clear or uphold (smartattend machine show attendance_record); base_revision, if given, has to be the current one. The permission is the transition''s, in the record''s unit; who may not hold records (faculty) verifies and clears in the own submitted register only, and nobody clears what they captured. Flags are decided first (SA120, SA121), and a shut period keeps what it has (SA117). Errors SA001–SA006, SA011–SA013; refusals SA101–SA105, SA107, SA109, SA113, SA117, SA120, SA121.';
grant execute on function api.attendance_transition(uuid, uuid, text, text, integer, text) to smartattend_app;

commit;
