-- Deploy smartattend:attendance/weigh to pg
begin;
set local role smartattend_owner;

create function attendance.answer_known_key(kind text, key uuid, payload_hash bytea)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event attendance.event;
  v_late record;
  v_repeat core.idempotency;
  v_outcome core.outcome;
begin
  select e.* into v_event
  from attendance.event as e
  where e.tenant_id = core.bound_tenant() and e.key = answer_known_key.key;
  if found and v_event.payload_hash = answer_known_key.payload_hash then
    if v_event.record_id is null then
      -- What a late punch did to an automatic absence is an event of its own.
      select e.record_id, e.revision, e.state, e.code into v_late
      from attendance.event as e
      where e.tenant_id = v_event.tenant_id and e.key = core.derived_key(v_event.key, 'late_evidence');
      if found then
        v_event.record_id := v_late.record_id;
        v_event.revision := v_late.revision;
        v_event.state := v_late.state;
        v_event.code := v_late.code;
      end if;
    end if;
    return attendance.outcome(v_event, 'replayed');
  end if;
  if v_event.key is null then
    select i.* into v_repeat
    from core.idempotency as i
    where i.tenant_id = core.bound_tenant() and i.key = answer_known_key.key;
    if found and v_repeat.payload_hash = answer_known_key.payload_hash then
      v_outcome := v_repeat.outcome;
      v_outcome.status := 'replayed';
      return v_outcome;
    end if;
  end if;
  if v_event.key is null and v_repeat.key is null then
    perform core.fail('SA022', 'a revision that was made before', 'a writer who has locked the person');
  end if;
  return ledger.refuse(
    'check_' || answer_known_key.kind, answer_known_key.key, to_jsonb(encode(answer_known_key.payload_hash, 'hex')),
    core.refused(
      'SA102', jsonb_build_object('first_recorded_at', attendance.utc(coalesce(v_event.recorded_at, v_repeat.recorded_at)))
    )
  );
end $$;
comment on function attendance.answer_known_key(text, uuid, bytea) is
  'The answer for a key that was used before: the first outcome for the same payload, and the refusal SA102, which is kept, for another.';

create function attendance.repeat(kind text, key uuid, payload_hash bytea, first attendance.event)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome := attendance.outcome(repeat.first, 'replayed');
begin
  insert into core.idempotency (tenant_id, key, command, payload_hash, outcome, actor_id, session_id, elapsed_us)
  values (
    core.bound_tenant(), repeat.key, 'repeat_' || (repeat.first).kind, repeat.payload_hash, v_outcome,
    (core.actor()).user_id, (core.actor()).session_id,
    core.elapsed_us(core.actor())
  )
  on conflict on constraint idempotency_pkey do nothing;
  if not found then
    -- The same new key was in flight for another person.
    return attendance.answer_known_key(repeat.kind, repeat.key, repeat.payload_hash);
  end if;
  return v_outcome;
end $$;
comment on function attendance.repeat(text, uuid, bytea, attendance.event) is
  'A repeat of the same punch under another key: answers the first event''s outcome and keeps the key, so that its retries answer the same for ever (F02).';

create function attendance.weigh(
  actor core.actor, event attendance.event, claim attendance.claim, unit_id uuid, starts_at timestamptz
)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  c_blocking constant text[] := array['F09', 'F10', 'F11', 'F17', 'F20'];
  v_event attendance.event := weigh.event;
  v_setting tenancy.setting;
  v_unit_id uuid := weigh.unit_id;
  v_open attendance.record;
  v_near attendance.record; -- in: the record of the same session, or of the same minute; out: the one that it ends
  v_first attendance.event;
  v_late attendance.event;
  v_wanted attendance.record;
  v_accounted_at timestamptz;
  v_is_open_period boolean;
  v_ends_open boolean := false;
begin
  perform from attendance.event as e where e.tenant_id = actor.tenant_id and e.key = v_event.key
  union all
  select from core.idempotency as i where i.tenant_id = actor.tenant_id and i.key = v_event.key;
  if found then
    return attendance.answer_known_key(v_event.kind, v_event.key, v_event.payload_hash);
  end if;
  select s.* into v_setting from tenancy.setting as s where s.tenant_id = actor.tenant_id;
  select r.* into v_open
  from attendance.record as r
  where r.tenant_id = actor.tenant_id and r.subject_id = v_event.subject_id and r.is_open;
  if v_event.kind = 'in' then
    select r.* into v_near
    from attendance.record as r
    where r.tenant_id = actor.tenant_id
      and r.subject_id = v_event.subject_id
      and r.business_date between v_event.business_date - 1 and v_event.business_date + 1
      and r.state <> 'voided'
      and (
        r.session_id = v_event.session_id
        or r.in_at between v_event.effective_at - v_setting.repeat_within and v_event.effective_at + v_setting.repeat_within
      )
    order by (r.session_id is not distinct from v_event.session_id) desc
    limit 1;
    v_accounted_at := case when v_near.session_id = v_event.session_id then v_near.accounted_at else weigh.starts_at end;
    v_accounted_at := coalesce(v_accounted_at, v_event.effective_at);
  else
    -- An OUT ends the last presence that began before it and has no end, whatever the date; a late one may end one that is not open.
    if v_event.effective_at between v_open.in_at and v_open.in_at + v_setting.open_for_at_most then
      v_near := v_open;
    else
      select r.* into v_near
      from attendance.record as r
      where r.tenant_id = actor.tenant_id
        and r.subject_id = v_event.subject_id
        and r.business_date between v_event.business_date - 3 and v_event.business_date + 1
        and r.state <> 'voided'
        and r.in_at between v_event.effective_at - v_setting.open_for_at_most and v_event.effective_at
      order by r.in_at desc
      limit 1;
      if v_near.out_at is not null then
        v_near := null;
      end if;
    end if;
    v_event.business_date := case when v_near.id is null then v_event.business_date else v_near.business_date end;
    v_unit_id := v_near.unit_id;
    v_accounted_at := v_near.accounted_at;
  end if;

  if not (
    v_event.subject_id = actor.user_id
    or actor.kind = 'device'
    or identity.holds('attendance.capture')
    or (v_unit_id is not null and identity.holds('attendance.capture', v_unit_id))
  ) then
    return ledger.refuse(
      'check_' || v_event.kind, v_event.key, to_jsonb(encode(v_event.payload_hash, 'hex')),
      core.refused('SA104', jsonb_build_object('expected', 'attendance.capture'))
    );
  end if;

  -- The same direction again within a minute, and no other between, is the same punch, whatever its key.
  if (case v_event.kind when 'in' then coalesce(v_open.id, v_near.id) is not null else v_near.id is null end) then
    select f.* into v_first
    from (
      select e.*
      from attendance.record as r
      inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
      where r.tenant_id = actor.tenant_id
        and r.subject_id = v_event.subject_id
        and r.business_date between v_event.business_date - 2 and v_event.business_date + 1
        and r.state <> 'voided'
        -- A late check-in has its record by the event that it caused.
        and (e.kind = v_event.kind or v_event.kind = 'in' and e.kind = 'late_evidence')
        and case when e.kind = 'late_evidence' then e.in_at else e.effective_at end
        between v_event.effective_at - v_setting.repeat_within and v_event.effective_at + v_setting.repeat_within
        and (v_event.kind = 'out' or r.out_at is null or r.out_at > v_event.effective_at)
      union all
      select e.*
      from attendance.event as e
      where e.tenant_id = actor.tenant_id
        and e.effective_at between v_event.effective_at - v_setting.repeat_within and v_event.effective_at + v_setting.repeat_within
        and e.subject_id = v_event.subject_id
        and e.record_id is null
        and e.kind = v_event.kind
    ) as f
    order by f.recorded_at desc
    limit 1;
    if found then
      if v_first.kind = 'late_evidence' then
        v_first.kind := 'in';
        v_first.effective_at := v_first.in_at;
        v_first.basis := v_event.basis;
      end if;
      return attendance.repeat(v_event.kind, v_event.key, v_event.payload_hash, v_first);
    end if;
  end if;

  v_is_open_period := v_setting.closed_until is null
    or v_accounted_at >= v_setting.closed_until
    or coalesce((attendance.period_at(v_accounted_at)).state, 'open') = 'open';
  if v_event.kind = 'in' then
    if v_near.session_id = v_event.session_id then
      v_wanted := v_near;
      if v_near.in_at is null and v_near.state <> 'voided' and exists (
        select from attendance.event as e
        where e.tenant_id = actor.tenant_id and e.record_id = v_near.id and e.revision = 1 and e.kind = 'absence'
      ) then
        -- The evidence comes after the automatic absence: the verdict is made anew, and one that was accepted is held.
        v_wanted.code := v_event.code;
        v_wanted.in_at := v_event.effective_at;
        v_wanted.is_open := v_open.id is null
          and v_event.effective_at > v_event.recorded_at - v_setting.open_for_at_most;
        v_wanted.state := case
          when v_near.state = 'verified' or v_event.signals && c_blocking then 'flagged' else v_near.state
        end;
      elsif v_near.state in ('recorded', 'flagged') and v_is_open_period then
        -- Back in the same session: the first arrival and its verdict stay, unless the verdict was an absence.
        v_event.record_id := v_near.id;
        v_event.revision := v_near.revision + 1;
        v_event.state := v_near.state;
        v_event.in_at := coalesce(v_near.in_at, v_event.effective_at);
        v_event.code := case when v_near.code is null or v_near.in_at is null then v_event.code else v_near.code end;
        v_ends_open := v_open.id <> v_near.id and v_open.in_at < v_event.effective_at;
        v_wanted.is_open := v_open.id is null or v_open.id = v_near.id or v_ends_open;
      end if;
      if v_event.record_id is null then
        v_event.code := null;
        v_event.in_at := null;
      end if;
    else
      if not v_is_open_period then
        return ledger.refuse(
          'check_in', v_event.key, to_jsonb(encode(v_event.payload_hash, 'hex')),
          core.refused('SA117', jsonb_build_object('observed', attendance.utc(v_accounted_at)))
        );
      end if;
      v_event.record_id := v_event.key;
      v_event.revision := 1;
      v_event.state := case when v_event.signals && c_blocking then 'flagged' else 'recorded' end;
      v_ends_open := v_open.in_at < v_event.effective_at;
      v_wanted.is_open := v_open.id is null or v_ends_open;
    end if;
    -- A record that waits in a closed period stays as it is: then this one does not wait for its OUT, which finds it all the same.
    if v_ends_open and v_setting.closed_until > v_open.accounted_at
      and coalesce((attendance.period_at(v_open.accounted_at)).state, 'open') <> 'open'
    then
      v_ends_open := false;
      v_wanted.is_open := false;
    end if;
  elsif v_near.id is not null then
    v_event.session_id := v_near.session_id;
    if v_is_open_period then
      v_event.record_id := v_near.id;
      v_event.revision := v_near.revision + 1;
      v_event.code := v_near.code;
      v_event.in_at := v_near.in_at;
      v_event.out_at := v_event.effective_at;
      v_event.state := v_near.state;
      if v_near.state in ('recorded', 'verified') then
        if exists (
          select from attendance.record as r
          where r.tenant_id = actor.tenant_id
            and r.subject_id = v_event.subject_id
            and r.business_date between v_near.business_date - 3 and v_near.business_date + 3
            and r.id <> v_near.id
            and r.state in ('recorded', 'verified')
            and r.in_at < v_event.out_at
            and r.out_at > v_near.in_at
            and r.in_at < r.out_at
        ) then
          v_event.signals := v_event.signals || array['F17'];
          v_event.reason := 'two places at once: the presence overlaps another record';
        end if;
        if v_event.signals && c_blocking then
          v_event.state := 'flagged';
          v_event.reason := coalesce(v_event.reason, 'a blocking integrity rule fired: ' || array_to_string(v_event.signals, ', '));
        end if;
      end if;
    else
      v_wanted := v_near;
      v_wanted.out_at := v_event.effective_at;
    end if;
  end if;
  v_event.reason_code := (
    select s.signal from unnest(v_event.signals) with ordinality as s (signal, position) where s.signal = any (c_blocking) order by s.position limit 1
  );

  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, payload_hash, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us,
    latitude, longitude, accuracy_m, evidence, effective_at, error_us, basis, signals, recorded_at, elapsed_us
  )
  values (
    actor.tenant_id, v_event.key, v_event.kind, v_event.subject_id, v_event.session_id, v_event.record_id, v_event.revision,
    v_event.state, v_event.code, v_event.in_at, v_event.out_at, v_event.business_date, v_event.reason_code, v_event.reason,
    actor.user_id, actor.session_id, v_event.payload_hash, claim.claimed_at, claim.claimed_zone, v_event.device_id,
    claim.boot_id, claim.sequence_number, claim.monotonic_us, claim.latitude, claim.longitude, claim.accuracy_m, claim.evidence,
    v_event.effective_at, v_event.error_us, v_event.basis, v_event.signals, v_event.recorded_at, core.elapsed_us(actor)
  )
  on conflict do nothing; -- by key or by record: two people with one new key meet in both
  if not found then
    -- The same key was in flight for another person: its winner is visible to a new statement only.
    return attendance.answer_known_key(v_event.kind, v_event.key, v_event.payload_hash);
  end if;

  if v_ends_open then
    -- An IN over an open record of something else ends that one without an OUT (F22); not before the key is this punch's.
    v_open.is_open := false;
    v_late := attendance.revise(
      v_open, 'flag', core.derived_key(v_event.key, 'F22'), v_event.payload_hash, 'F22',
      'a check-in elsewhere ended this record without a check-out'
    );
    if v_late.key is null then
      perform core.fail('SA102', 'the key that is derived from this one for F22', 'a key whose derived keys are unused');
    end if;
  end if;
  if v_event.revision = 1 then
    insert into attendance.record (
      tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
    )
    values (
      actor.tenant_id, v_event.record_id, v_event.subject_id, v_event.session_id, v_unit_id, v_event.business_date,
      v_accounted_at, v_event.state, 'capture', v_event.code, 1, v_wanted.is_open, v_event.in_at
    );
  elsif v_event.revision > 1 then
    update attendance.record as r
    set revision = v_event.revision,
      code = v_event.code,
      is_open = v_event.out_at is null and v_wanted.is_open,
      in_at = v_event.in_at,
      out_at = v_event.out_at,
      state = v_event.state,
      state_via = case when v_event.state <> r.state then 'flag' else r.state_via end,
      state_reason = case when v_event.state <> r.state then v_event.reason else r.state_reason end
    where r.tenant_id = actor.tenant_id and r.id = v_event.record_id;
  elsif v_wanted.in_at is distinct from v_near.in_at or v_wanted.out_at is distinct from v_near.out_at then
    if v_is_open_period then
      v_late := attendance.revise(
        v_wanted, 'late_evidence', core.derived_key(v_event.key, 'late_evidence'), v_event.payload_hash, null,
        'a punch arrived after the automatic absence', v_wanted.state, case when v_wanted.state <> v_near.state then 'flag' end
      );
      if v_late.key is null then
        perform core.fail('SA102', 'the key that is derived from this one for late evidence', 'a key whose derived keys are unused');
      end if;
      v_event.record_id := v_late.record_id;
      v_event.revision := v_late.revision;
      v_event.state := v_late.state;
      v_event.code := v_late.code;
    else
      perform attendance.submit_correction(
        v_near, 'time_synchronization_fix', false, v_wanted.code, v_wanted.in_at, v_wanted.out_at,
        'a punch arrived after its period was closed', null,
        captured_by => case when actor.user_id <> v_event.subject_id then actor.user_id end
      );
    end if;
  end if;
  return attendance.outcome(v_event);
end $$;
comment on function attendance.weigh(core.actor, attendance.event, attendance.claim, uuid, timestamptz) is
  'The punch that needs weighing: a known key, a repeat, a record that is open or of the same session, an absence that is already found, a period that is not open, a signal. The event holds what capture found: key, kind, person, session, date, code and times. Writes one event with its complete result, and what it does to the records of the person, who is locked.';

commit;
