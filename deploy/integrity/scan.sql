-- Deploy smartattend:integrity/scan to pg
begin;
set local role smartattend_owner;

create function integrity.raise_findings(rule text, reach integrity.reach)
returns table (raised integer, holding uuid[])
language plpgsql
volatile
rows 1
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  execute format(
    $query$
      with flag as (
        insert into integrity.flag (
          tenant_id, rule, about, about_kind, event_key, record_id, revision, session_id, subject_id, unit_id, captured_by, severity,
          is_blocking, observed, expected, evidence_hash
        )
        select
          core.bound_tenant(), r.rule, f.about, f.about_kind, f.event_key, a.id, a.revision, f.session_id, f.subject_id,
          coalesce(a.unit_id, s.unit_id, d.unit_id), case when r.is_blocking then e.actor_id end, r.severity, r.is_blocking, f.observed,
          f.expected, core.payload_hash(f.observed)
        from integrity.rule as r
        cross join integrity.%I($2) as f
        left join attendance.record as a on a.tenant_id = (select core.bound_tenant()) and a.id = f.record_id
        left join attendance.session as s on s.tenant_id = (select core.bound_tenant()) and s.id = f.session_id
        left join attendance.event as e on e.tenant_id = (select core.bound_tenant()) and e.key = f.event_key
        left join lateral (
          select u.id as unit_id
          from timing.device as v
          inner join tenancy.unit as u on u.tenant_id = v.tenant_id and u.site_id = v.site_id and u.kind = 'site'
          where v.tenant_id = e.tenant_id and v.id = e.device_id
        ) as d on true
        where r.rule = $1
        on conflict on constraint evidence_is_flagged_once do nothing
        returning id, record_id, is_blocking
      )
      select count(*)::integer, array_agg(id) filter (where is_blocking and record_id is not null) from flag
    $query$,
    lower(raise_findings.rule)
  )
  into raised, holding
  using raise_findings.rule, raise_findings.reach;
  return next;
end $$;
comment on function integrity.raise_findings(text, integrity.reach) is
  'Asks one rule about a reach, in one statement, and makes flags of what is new: how many, and which of them hold a record.';

create function integrity.hold_records(flags uuid[])
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_flag record;
  v_record attendance.record;
  v_held integer := 0;
begin
  -- People in the order of their ids, then records: the order of everything that writes about people.
  perform
  from identity.membership as m
  where m.tenant_id = v_tenant_id
    and m.user_id = any (array(
      select r.subject_id
      from integrity.flag as f
      inner join attendance.record as r on r.tenant_id = f.tenant_id and r.id = f.record_id
      where f.tenant_id = v_tenant_id and f.id = any (hold_records.flags)
    ))
  order by m.user_id
  for no key update;
  for v_flag in
    select f.id, f.record_id, f.rule, r.name
    from integrity.flag as f
    inner join integrity.rule as r on r.rule = f.rule
    where f.tenant_id = v_tenant_id and f.id = any (hold_records.flags)
    order by f.record_id, f.rule
  loop
    select r.* into v_record
    from attendance.record as r
    where r.tenant_id = v_tenant_id and r.id = v_flag.record_id;
    if v_record.state not in ('recorded', 'verified') then
      continue;
    end if;
    begin
      perform attendance.revise(
        v_record, 'flag', core.derived_key(v_flag.id, 'hold'), core.payload_hash(to_jsonb(v_flag.id)), v_flag.rule,
        format('integrity rule %s: %s', v_flag.rule, replace(v_flag.name, '_', ' ')), 'flagged', 'flag'
      );
      v_held := v_held + 1;
    exception
      when sqlstate 'SA117' then null; -- The period is closed: the flag is a fact, the record stays as it was accounted.
    end;
  end loop;
  return v_held;
end $$;
comment on function integrity.hold_records(uuid[]) is
  'Holds the records of blocking flags: recorded or verified becomes flagged, with the rule as the reason. A record of a closed period is not touched.';

create function integrity.clear_flags(reach integrity.reach)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cleared integer;
begin
  with vanished as (
    select o.id, 'the check-out is there now' as reason
    from integrity.touched(clear_flags.reach) as t
    inner join attendance.record as r on r.tenant_id = (select core.bound_tenant()) and r.id = t.record_id
    inner join integrity.flag as o on o.tenant_id = r.tenant_id and o.rule = 'F22' and o.about = r.id and o.state = 'open'
    where r.out_at is not null
    union all
    select o.id, 'the missing numbers have arrived'
    from integrity.numbered(clear_flags.reach) as t
    inner join integrity.flag as o
      on o.tenant_id = (t.e).tenant_id
      and o.rule = 'F13'
      and o.about = (t.e).key
      and o.state = 'open'
    where (t.e).sequence_number - t.previous - 1 < (select integrity.number('F13', 'missing'))
    union all
    -- The record stays held until a reviewer clears it.
    select o.id, 'the person was the first in the session'
    from integrity.spoken(clear_flags.reach) as t
    inner join integrity.flag as o
      on o.tenant_id = (t.e).tenant_id
      and o.rule = 'F04'
      and o.about = (t.e).key
      and o.state = 'open'
    where t.first_subject_id = (t.e).subject_id
  )
  update integrity.flag as f
  set state = 'auto_cleared', state_via = 'clear', state_reason = v.reason
  from vanished as v
  where f.tenant_id = (select core.bound_tenant())
    and f.id = v.id
    and f.id in (
      select o.id
      from integrity.flag as o
      where o.tenant_id = (select core.bound_tenant()) and o.state = 'open' and o.id in (select w.id from vanished as w)
      for no key update skip locked
    );
  get diagnostics v_cleared = row_count;
  return v_cleared;
end $$;
comment on function integrity.clear_flags(integrity.reach) is
  'Clears open flags whose reason has vanished: a missing check-out (F22) that came by a late punch or a correction; by late delivery a gap (F13) that is filled, and a shared device (F04) of whom it now shows to have been the first.';

create function integrity.judge(reach integrity.reach)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off -- what is new is little against what is there, whatever the statistics say
set jit = off
as $$
declare
  v_rule record;
  v_found record;
  v_raised integer := 0;
  v_holding uuid[] := array[]::uuid[];
  v_rules jsonb := jsonb_build_object();
  v_held integer := 0;
begin
  perform integrity.read_events(judge.reach);
  perform integrity.read_rolls(judge.reach);
  -- The blocking rules first, then the locks on people: whoever writes flags about a person afterwards has locked that person before.
  for v_rule in
    select r.rule, r.is_blocking from integrity.rule as r where r.is_scanned and integrity.is_enabled(r.rule) order by r.is_blocking desc, r.rule
  loop
    if not v_rule.is_blocking and v_holding <> '{}' then
      v_held := integrity.hold_records(v_holding);
      v_holding := array[]::uuid[];
    end if;
    select f.raised, f.holding into v_found from integrity.raise_findings(v_rule.rule, judge.reach) as f;
    v_raised := v_raised + v_found.raised;
    v_holding := v_holding || v_found.holding;
    if v_found.raised > 0 then
      v_rules := v_rules || jsonb_build_object(v_rule.rule, v_found.raised);
    end if;
  end loop;
  if v_holding <> '{}' then
    v_held := integrity.hold_records(v_holding);
  end if;
  return jsonb_build_object('raised', v_raised, 'held', v_held, 'cleared', integrity.clear_flags(judge.reach), 'rules', v_rules);
end $$;
comment on function integrity.judge(integrity.reach) is
  'Reads a reach and asks every rule that is on about it, by one statement each; holds records and clears flags. Answers {raised, held, cleared, rules}.';

create function integrity.scan()
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_reach integrity.reach;
  v_done jsonb;
begin
  insert into integrity.horizon (tenant_id)
  select v_tenant_id
  where not exists (select from integrity.horizon as h where h.tenant_id = v_tenant_id)
  on conflict on constraint horizon_pkey do nothing;
  select h.number + 1, h.scanned_until into v_reach.number, v_reach.since
  from integrity.horizon as h
  where h.tenant_id = v_tenant_id
  for update skip locked;
  if not found then
    return jsonb_build_object('scanned', false, 'raised', 0, 'held', 0, 'cleared', 0, 'rules', '{}'::jsonb);
  end if;
  v_reach.now := core.clock();
  v_reach.until := pg_snapshot_xmin(pg_current_snapshot());
  if v_reach.until < v_reach.since then
    v_reach.since := '0'; -- Restored into a younger cluster: everything once more, which finds the same flags.
  end if;
  v_done := integrity.judge(v_reach);
  update integrity.horizon as h
  set number = v_reach.number, scanned_until = v_reach.until, scanned_at = v_reach.now
  where h.tenant_id = v_tenant_id;
  return jsonb_build_object('scanned', true) || v_done;
end $$;
comment on function integrity.scan() is
  'Judges what is new in the bound tenant since its last scan. Looks at the transactions that had all ended when it began, from where the last one stopped: one that commits late is found by the next. Safe to run twice and by several at once: the second finds the row of the first locked and does nothing (scanned false).';

commit;
