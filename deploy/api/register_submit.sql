-- Deploy smartattend:api/register_submit to pg
begin;
set local role smartattend_owner;

create function attendance.read_marks(marks jsonb, key uuid, session attendance.session)
returns attendance.mark[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select (
      a.ordinal::integer, left(x.subject_id, 64), core.derived_key(read_marks.key, x.subject_id), v.subject_id,
      (read_marks.session).id, (read_marks.session).unit_id, (read_marks.session).business_date,
      left(x.code, 64), v.arrived_at, left(x.reason, 2000), null,
      case when f.fault is not null then 'SA014' end,
      case when f.fault is not null then jsonb_build_object('observed', 'mark ' || a.ordinal, 'expected', f.fault) end
    )::attendance.mark
    from jsonb_array_elements(read_marks.marks) with ordinality as a (mark, ordinal)
    -- "offset 0": each field is read once, not wherever it is named.
    cross join lateral (
      select
        a.mark ->> 'subject_id' as subject_id, a.mark ->> 'code' as code, a.mark ->> 'arrived_at' as arrived_at, a.mark ->> 'reason' as reason
      offset 0
    ) as x
    cross join lateral (
      select core.uuid(x.subject_id) as subject_id, core.instant(x.arrived_at) as arrived_at
      offset 0
    ) as v
    cross join lateral (
      select case
        when jsonb_typeof(a.mark) <> 'object' then 'a mark that is an object'
        when v.subject_id is null then 'subject_id: a uuid'
        when x.code is null then 'code: an attendance code'
        when x.arrived_at is not null and v.arrived_at is null then 'arrived_at: ISO 8601 with an offset'
        when v.arrived_at not between (read_marks.session).opens_at and (read_marks.session).closes_at then 'arrived_at: within the session'
        when char_length(x.reason) > 2000 then 'reason: at most 2,000 characters'
      end as fault
      offset 0
    ) as f
  )
$$;
comment on function attendance.read_marks(jsonb, uuid, attendance.session) is
  'The marks [{subject_id, code, arrived_at, reason}] of a session, read without an error; the key of each is derived from the command''s key and the person.';

create function api.register_submit(
  key uuid, session_id uuid, marks jsonb, default_code text default null, token text default null
)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
rows 100
set search_path = pg_catalog, pg_temp
set jit = off -- tens of thousands of marks look dear to the planner, and would be compiled for longer than they run,
set work_mem = '64MB' -- and are sorted in memory
as $$
declare
  v_actor core.actor := identity.bind_session(register_submit.token);
  v_payload jsonb := jsonb_build_object(
    'session_id', register_submit.session_id, 'marks', register_submit.marks, 'default_code', register_submit.default_code
  );
  v_outcome core.outcome;
  v_session attendance.session;
  v_state text;
  v_marks attendance.mark[];
  v_judged attendance.judged_mark[];
  v_missing uuid[];
  v_stored jsonb;
  v_code text;
  v_detail jsonb;
begin
  if jsonb_typeof(register_submit.marks) is distinct from 'array' or jsonb_array_length(register_submit.marks) > 100000 then
    perform core.fail('SA010', 'marks: ' || coalesce(jsonb_typeof(register_submit.marks), 'null'), 'a JSON array of at most 100,000 marks');
  end if;
  v_outcome := core.claim('register_submit', register_submit.key, v_payload);
  select s.* into v_session
  from attendance.session as s
  where s.tenant_id = v_actor.tenant_id and s.id = register_submit.session_id;
  if not found then
    perform core.fail('SA011', 'session_id ' || coalesce(register_submit.session_id::text, 'null'), 'a session of this tenant');
  end if;
  if v_outcome.status = 'refused' then
    v_code := v_outcome.code;
    v_detail := v_outcome.detail;
  elsif v_outcome.status is null and exists (
    select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = register_submit.key
  ) then
    v_code := 'SA102';
  elsif core.bound_tenant('capture_write') is null then
    v_code := 'SA107';
  elsif not attendance.takes_register(v_session.id, v_session.unit_id) then
    v_code := 'SA104';
    v_detail := '{"expected": "register.take in this unit"}';
  end if;

  if v_code is null and v_outcome.status = 'replayed' then
    -- What was answered the first time, whatever has become of the records since.
    return query
    select 0, v_session.id::text, v_outcome.status, null::text, null::text, v_outcome.id, v_outcome.revision, v_outcome.detail - 'outcomes'
    union all
    select
      (o.field ->> 0)::integer, o.field ->> 1, 'replayed', null, null, (o.field ->> 2)::uuid, (o.field ->> 3)::integer,
      attendance.detail(v_session.id, o.field ->> 4, o.field ->> 5, v_session.business_date, null, null)
    from jsonb_array_elements(v_outcome.detail -> 'outcomes') as o (field)
    order by 1;
    return;
  end if;

  -- Lock order: the register, then everybody on it in the order of their ids.
  select r.state into v_state
  from attendance.register as r
  where r.tenant_id = v_actor.tenant_id and r.session_id = register_submit.session_id
  for no key update;
  v_marks := attendance.read_marks(register_submit.marks, register_submit.key, v_session);
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id
    and m.user_id = any (array(
      select k.subject_id from unnest(v_marks) as k
      union
      select x.subject_id
      from attendance.expectation as x
      where x.tenant_id = v_actor.tenant_id and x.session_id = register_submit.session_id and x.withdrawn_at is null
    ))
  order by m.user_id
  for no key update;

  v_missing := array(
    select x.subject_id
    from attendance.expectation as x
    where x.tenant_id = v_actor.tenant_id
      and x.session_id = register_submit.session_id
      and x.withdrawn_at is null
      and x.is_required
      and (
        select true
        from attendance.record as r
        where r.tenant_id = x.tenant_id and r.session_id = x.session_id and r.subject_id = x.subject_id and r.state <> 'voided'
        limit 1
      ) is null
    except
    select k.subject_id from unnest(v_marks) as k
    order by 1
  );
  -- Leave stands for a mark; a default code is given only when it is asked for.
  v_marks := v_marks || array(
    select (
      cardinality(v_marks) + row_number() over (order by x.subject_id), x.subject_id::text,
      core.derived_key(register_submit.key, x.subject_id::text), x.subject_id, v_session.id, v_session.unit_id, v_session.business_date,
      coalesce(x.code, register_submit.default_code), null, case when x.code is not null then 'prefilled: ' || x.source end, null, null, null
    )::attendance.mark
    from unnest(v_missing) as m (subject_id)
    cross join lateral (
      select x.subject_id, x.code, x.source
      from attendance.expectation as x
      where x.tenant_id = v_actor.tenant_id and x.session_id = v_session.id and x.subject_id = m.subject_id
      limit 1
    ) as x
    where coalesce(x.code, register_submit.default_code) is not null
  );
  v_missing := array(
    select m.subject_id from unnest(v_missing) as m (subject_id)
    except
    select k.subject_id from unnest(v_marks) as k
    order by 1
  );
  v_judged := attendance.judge_marks('mark', v_marks);
  v_stored := jsonb_build_object(
    'state', 'submitted', 'marks', cardinality(v_judged),
    'outcomes', (
      select coalesce(jsonb_agg(jsonb_build_array(j.ordinal, j.key_text, j.record_id, j.revision, j.state, j.code)), '[]')
      from unnest(v_judged) as j
    )
  );

  if v_code is not null then
    null;
  elsif exists (select from unnest(v_judged) as j where j.change = 'faulty') then
    v_code := 'SA108';
    v_detail := jsonb_build_object(
      'observed', (select count(*) from unnest(v_judged) as j where j.change = 'faulty') || ' marks that cannot be taken',
      'expected', 'marks that can all be taken; none was stored'
    );
  elsif v_missing <> '{}' then
    v_code := 'SA108';
    v_detail := jsonb_build_object(
      'observed', cardinality(v_missing) || ' without a mark', 'expected', 'a mark for everybody, or default_code',
      'subject_ids', to_jsonb(v_missing[1:20])
    );
  elsif v_state = 'submitted' and not exists (select from unnest(v_judged) as j where j.change in ('created', 'revised')) then
    perform core.finish(core.accepted(v_session.id, null, v_stored), register_submit.key);
    v_outcome := core.replayed(v_session.id, null, v_stored);
  elsif v_state <> 'open' then
    v_code := 'SA109';
    v_detail := jsonb_build_object('observed', 'a register that is ' || v_state, 'expected', 'open');
  elsif (attendance.period_at(v_session.starts_at)).state <> 'open' then
    v_code := 'SA117';
    v_detail := jsonb_build_object('observed', attendance.utc(v_session.starts_at), 'expected', 'an instant in an open period');
  else
    perform attendance.store_marks('mark', v_judged);
    update attendance.register as r
    set state = 'submitted', state_via = 'submit', state_reason = null
    where r.tenant_id = v_actor.tenant_id and r.session_id = v_session.id;
    v_outcome := core.finish(core.accepted(v_session.id, null, v_stored), register_submit.key);
  end if;
  if v_code is not null then
    v_outcome := core.finish(
      ledger.refuse('register_submit', register_submit.key, v_payload, core.refused(v_code, v_detail)), register_submit.key
    );
  end if;

  return query
  select 0, v_session.id::text, v_outcome.status, v_outcome.code, v_outcome.message, v_outcome.id, v_outcome.revision,
    v_outcome.detail - 'outcomes'
  union all
  select
    m.ordinal, m.key,
    case when v_code is not null then 'refused' else m.status end,
    case when v_code is not null then coalesce(m.code, v_code) else m.code end,
    case when v_code is not null then coalesce(m.message, v_outcome.message) else m.message end,
    case when v_code is null then m.id end,
    case when v_code is null then m.revision end,
    case when v_code is null or m.code is not null then m.detail end
  from attendance.mark_outcomes(v_judged) as m
  order by 1;
end $$;
comment on function api.register_submit(uuid, uuid, jsonb, text, text) is
  'Submits the register of a session with marks [{subject_id, code, arrived_at, reason}], all or none: ordinal 0 is the register, then one outcome a mark, then one for each person whom leave prefills or default_code was given to. Who is expected, not on leave and has no mark is missing (SA108) unless default_code is given explicitly. Where the office has given a value, it stays the record''s code, and the mark is kept beside it (api.register_marks). Submitting the same again writes nothing. Permission register.take in the session''s unit, or being its substitute. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107, SA108, SA109, SA117; of a mark SA011, SA013, SA014, SA111, SA112.';
grant execute on function api.register_submit(uuid, uuid, jsonb, text, text) to smartattend_app;

commit;
