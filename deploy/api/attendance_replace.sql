-- Deploy smartattend:api/attendance_replace to pg
begin;
set local role smartattend_owner;

create function api.attendance_replace(
  key uuid, record_id uuid, reason text, code text default null, in_at timestamptz default null, out_at timestamptz default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_replace.token);
  v_payload jsonb := jsonb_build_object(
    'replaces_id', attendance_replace.record_id, 'reason', attendance_replace.reason, 'code', attendance_replace.code,
    'in_at', attendance.utc(attendance_replace.in_at), 'out_at', attendance.utc(attendance_replace.out_at)
  );
  v_hash bytea := core.payload_hash(v_payload);
  v_now timestamptz;
  v_voided attendance.record;
  v_record attendance.record;
  v_event attendance.event;
  v_setting tenancy.setting;
  v_session record;
  v_given record;
  v_code text;
  v_signals text[];
  v_expected text;
begin
  if attendance_replace.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this command');
  end if;
  select r.* into v_voided
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_replace.record_id;
  if not found then
    perform core.fail('SA011', 'record_id ' || coalesce(attendance_replace.record_id::text, 'null'), 'a record of this tenant');
  end if;
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_voided.subject_id
  for no key update;
  v_now := core.clock();
  select e.* into v_event
  from attendance.event as e
  where e.tenant_id = v_actor.tenant_id and e.key = attendance_replace.key;
  if found and v_event.payload_hash = v_hash then
    return core.finish(attendance.outcome(v_event, 'replayed'));
  end if;
  select r.* into v_voided
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_replace.record_id;

  v_code := case
    when v_voided.subject_id is distinct from v_actor.user_id and not identity.holds('attendance.read', v_voided.unit_id) then 'SA104'
    when v_event.key is not null or exists (
      select from core.idempotency as i where i.tenant_id = v_actor.tenant_id and i.key = attendance_replace.key
    ) then 'SA102'
    when core.bound_tenant('capture_write') is null then 'SA107'
    when not identity.holds('attendance.void', v_voided.unit_id) then 'SA104'
    when v_voided.subject_id = v_actor.user_id then 'SA105'
    when v_voided.state <> 'voided' then 'SA101'
  end;
  if v_code is null then
    if core.is_reason(attendance_replace.reason) is not true then
      perform core.fail('SA013', coalesce(attendance_replace.reason, 'null'), 'a reason of at least 10 characters');
    end if;
    select s.* into strict v_setting from tenancy.setting as s where s.tenant_id = v_actor.tenant_id;
    select s.opens_at, s.closes_at into v_session
    from attendance.session as s
    where s.tenant_id = v_actor.tenant_id and s.id = v_voided.session_id;
    v_record := v_voided;
    v_record.id := attendance_replace.key;
    v_record.replaces_id := v_voided.id;
    v_record.state := 'recorded';
    v_record.state_reason := null;
    v_record.code := coalesce(attendance_replace.code, v_voided.code);
    if v_record.code is null then
      perform core.fail('SA012', 'code is null', 'code: the record that is replaced has none');
    end if;
    select g.is_absence, k.permission, k.valid_from <= v_now and k.valid_until > v_now as is_valid into v_given
    from attendance.code as k
    inner join attendance.category as g on g.category = k.category
    where k.tenant_id = v_actor.tenant_id and k.code = v_record.code;
    -- What is not given stays as it was; whoever is absent has no times unless they are given.
    if v_given.is_absence then
      v_record.in_at := null;
      v_record.out_at := null;
    end if;
    v_record.in_at := coalesce(attendance_replace.in_at, v_record.in_at);
    v_record.out_at := coalesce(attendance_replace.out_at, v_record.out_at);
    v_record.is_open := v_record.out_at is null
      and v_given.is_absence is false
      and coalesce(v_record.in_at between v_now - v_setting.open_for_at_most and v_now, false)
      and not exists (
        select from attendance.record as r
        where r.tenant_id = v_actor.tenant_id and r.subject_id = v_voided.subject_id and r.is_open
      );
    v_expected := case
      when v_record.in_at is null and v_record.out_at is not null then 'in_at with out_at'
      when v_record.out_at < v_record.in_at then 'out_at not before in_at'
      when attendance_replace.in_at > v_now or attendance_replace.out_at > v_now then 'instants that have passed'
      when attendance_replace.in_at not between coalesce(v_session.opens_at, v_voided.accounted_at - interval '24 hours')
        and coalesce(v_session.closes_at, v_voided.accounted_at + interval '24 hours')
        then 'in_at within the session, or a day around the arrival that was unscheduled'
      when attendance_replace.out_at > v_record.in_at + v_setting.open_for_at_most then 'out_at at most ' || v_setting.open_for_at_most || ' after in_at'
    end;
    if v_expected is not null then
      perform core.fail(
        'SA010', format('in_at %s, out_at %s', attendance.utc(v_record.in_at), attendance.utc(v_record.out_at)), v_expected
      );
    end if;
    v_code := case
      when v_given.is_valid is not true or v_given.permission is not null and not identity.holds(v_given.permission, v_record.unit_id) then 'SA111'
      when exists (
        select from attendance.record as r where r.tenant_id = v_actor.tenant_id and r.replaces_id = v_voided.id
      )
        or exists (
          select from attendance.record as r
          where r.tenant_id = v_actor.tenant_id
            and r.session_id = v_voided.session_id
            and r.subject_id = v_voided.subject_id
            and r.state <> 'voided'
        )
        then 'SA112'
      when (attendance.period_at(v_voided.accounted_at)).state <> 'open' then 'SA117'
    end;
  end if;
  if v_code is not null then
    return core.finish(
      ledger.refuse(
        'attendance_replace', attendance_replace.key, v_payload,
        core.refused(
          v_code,
          case when v_code <> 'SA104' then jsonb_build_object('observed', v_voided.state || ', ' || v_record.code, 'expected', 'a voided record that nothing stands in for') end
        )
      )
    );
  end if;
  if attendance.overlaps_another(v_record) then
    v_record.state := 'flagged';
    v_record.state_reason := 'two places at once: the presence overlaps another record';
    v_signals := array['F17'];
  end if;
  -- The event says itself what the new record stands in for: a record is a cache of its events.
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason,
    actor_id, login_session_id, device_id, payload_hash, evidence, signals, recorded_at, elapsed_us
  )
  values (
    v_actor.tenant_id, attendance_replace.key, 'mark', v_record.subject_id, v_record.session_id, v_record.id, 1, v_record.state, v_record.code,
    v_record.in_at, v_record.out_at, v_record.business_date, attendance_replace.reason, v_actor.user_id, v_actor.session_id, v_actor.device_id,
    v_hash, jsonb_build_object('replaces_id', v_voided.id), v_signals, v_now, core.elapsed_us(v_actor)
  )
  on conflict on constraint event_pkey do nothing
  returning * into v_event;
  if not found then
    -- The key was in flight for another person.
    return core.finish(ledger.refuse('attendance_replace', attendance_replace.key, v_payload, core.refused('SA102')));
  end if;
  insert into attendance.record (
    tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, state_reason, code, revision,
    is_open, in_at, out_at, replaces_id
  )
  values (
    v_actor.tenant_id, v_record.id, v_record.subject_id, v_record.session_id, v_record.unit_id, v_record.business_date, v_record.accounted_at,
    v_record.state, 'capture', v_record.state_reason, v_record.code, 1, v_record.is_open, v_record.in_at, v_record.out_at, v_record.replaces_id
  );
  return core.finish(attendance.outcome(v_event));
end $$;
comment on function api.attendance_replace(uuid, uuid, text, text, timestamptz, timestamptz, text) is
  'Replaces a record that was voided wrongly by a new one that names it (api.attendance.replaces_id), of the same person, session and date, with a reason: code, in_at and out_at are those of the voided one where they are null (an absence has no times unless given). It is recorded and judged like any other (held where its presence overlaps another one, F17), and waits for its check-out if it has none yet; the voided record stays. One replacement for each. Permission attendance.void in the record''s unit, and not by the person it is about. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA107, SA111, SA112 (it has a replacement, or the session another record), SA117.';
grant execute on function api.attendance_replace(uuid, uuid, text, text, timestamptz, timestamptz, text) to smartattend_app;

commit;
