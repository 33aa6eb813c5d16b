-- Deploy smartattend:simulation/exactly_once to pg
begin;
set local role smartattend_owner;

create function simulation.logical_check_in(tenant_id uuid, run_id uuid, scenario text default null)
returns table (
  scenario text, logical integer, kind text, subject_id uuid, keys uuid[], callers bigint, accepted bigint, acknowledged bigint, doubts bigint,
  record_ids uuid[], events bigint, records bigint
)
language sql
stable
rows 100
as $$
  select g.scenario, g.logical, g.kind, g.subject_id, g.keys, g.callers, g.accepted, g.acknowledged, g.doubts, g.record_ids, e.events, r.records
  from (
    select
      c.scenario, c.logical, min(c.kind) as kind, (array_agg(c.subject_id))[1] as subject_id,
      array_agg(distinct c.key) as keys,
      count(*) as callers,
      count(*) filter (where c.outcome = 'accepted') as accepted,
      count(*) filter (where c.outcome in ('accepted', 'replayed')) as acknowledged,
      coalesce(sum(c.doubts), 0) as doubts,
      coalesce(array_agg(distinct c.record_id) filter (where c.outcome in ('accepted', 'replayed')), '{}') as record_ids
    from simulation.call as c
    where c.tenant_id = logical_check_in.tenant_id
      and c.run_id = logical_check_in.run_id
      and (logical_check_in.scenario is null or c.scenario = logical_check_in.scenario)
      and c.phase = 'load'
      and c.logical is not null
    group by c.scenario, c.logical
  ) as g
  cross join lateral (
    select count(*) as events, array_agg(distinct v.record_id) as record_ids
    from attendance.event as v
    where v.tenant_id = logical_check_in.tenant_id
      and v.key = any (g.keys)
      and v.kind = 'in'
      and v.record_id is not null
  ) as e
  cross join lateral (
    select count(*) as records
    from attendance.record as a
    where a.tenant_id = logical_check_in.tenant_id
      and a.id = any (g.record_ids || e.record_ids)
      and a.state <> 'voided'
  ) as r
$$;
comment on function simulation.logical_check_in(uuid, uuid, text) is
  'What became of each logical check-in of a run: who asked, what they were told, and how many events and records it left. Scenario null: all.';

create function simulation.not_one_event(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 event', l.events || ' events',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'key', l.keys[1], 'callers', l.callers, 'events', l.events
    )
  from simulation.logical_check_in(not_one_event.tenant_id, not_one_event.run_id, not_one_event.scenario) as l
  where l.events <> 1
$$;
comment on function simulation.not_one_event(uuid, uuid, text) is
  'Logical check-ins that did not leave exactly one event, however many callers submitted them under however many keys.';

create function simulation.not_one_record(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 record', l.records || ' records',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'callers', l.callers, 'record_ids', l.record_ids, 'records', l.records
    )
  from simulation.logical_check_in(not_one_record.tenant_id, not_one_record.run_id, not_one_record.scenario) as l
  where l.records <> 1
$$;
comment on function simulation.not_one_record(uuid, uuid, text) is 'Logical check-ins that did not leave exactly one record that is not voided.';

create function simulation.not_one_acceptance(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 caller told accepted, the others replayed', l.accepted || ' accepted',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'key', l.keys[1], 'callers', l.callers, 'accepted', l.accepted
    )
  from simulation.logical_check_in(not_one_acceptance.tenant_id, not_one_acceptance.run_id, not_one_acceptance.scenario) as l
  where l.accepted > 1 or (l.accepted = 0 and l.doubts = 0)
$$;
comment on function simulation.not_one_acceptance(uuid, uuid, text) is
  'Logical check-ins of which not exactly one caller was told accepted. None is right only where an answer was lost on its way (doubts).';

create function simulation.different_answer(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', 'every caller got the same record id',
    cardinality(l.record_ids) || ' record ids',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'callers', l.callers, 'record_ids', l.record_ids
    )
  from simulation.logical_check_in(different_answer.tenant_id, different_answer.run_id, different_answer.scenario) as l
  where cardinality(l.record_ids) > 1
  union all
  select
    'key ' || c.key, 'a replay equals the first answer', count(distinct c.answer_hash) || ' different answers',
    jsonb_build_object(
      'key', c.key,
      'calls', (array_agg(c.number order by c.number))[1:4]
    )
  from simulation.call as c
  where c.tenant_id = different_answer.tenant_id
    and c.run_id = different_answer.run_id
    and (different_answer.scenario is null or c.scenario = different_answer.scenario)
    and c.outcome in ('accepted', 'replayed')
  group by c.key
  having count(distinct c.answer_hash) > 1
$$;
comment on function simulation.different_answer(uuid, uuid, text) is
  'Logical check-ins whose callers were given different record ids, and keys whose replay is not bit for bit the first answer (its status aside).';

create function simulation.duplicates(tenant_id uuid, run_id uuid, scenario text default null)
returns table (events bigint, records bigint)
language sql
stable
rows 1
as $$
  select coalesce(sum(greatest(l.events - 1, 0)), 0)::bigint, coalesce(sum(greatest(l.records - 1, 0)), 0)::bigint
  from simulation.logical_check_in(duplicates.tenant_id, duplicates.run_id, duplicates.scenario) as l
$$;
comment on function simulation.duplicates(uuid, uuid, text) is
  'How many events and records a run left beyond one for each logical check-in: the damage, to compare with what was predicted.';

commit;
