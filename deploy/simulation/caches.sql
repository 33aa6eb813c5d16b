-- Deploy smartattend:simulation/caches to pg
begin;
set local role smartattend_owner;

create function simulation.cache_off_history(tenant_id uuid, run_id uuid default null, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'record ' || r.id, coalesce('revision ' || e.revision || ', ' || e.state || ' ' || coalesce(e.code, 'without code'), 'an event for its revision'),
    'revision ' || r.revision || ', ' || r.state || ' ' || coalesce(r.code, 'without code'),
    jsonb_build_object('record_id', r.id, 'subject_id', r.subject_id, 'key', e.key)
  from attendance.record as r
  left join lateral (
    select v.*
    from attendance.event as v
    where v.tenant_id = r.tenant_id and v.record_id = r.id
    order by v.revision desc
    limit 1
  ) as e on true
  where r.tenant_id = cache_off_history.tenant_id
    and (r.revision, r.state, r.code, r.in_at, r.out_at, r.subject_id, r.session_id, r.business_date)
      is distinct from (e.revision, e.state, e.code, e.in_at, e.out_at, e.subject_id, e.session_id, e.business_date)
$$;
comment on function simulation.cache_off_history(uuid, uuid, text) is
  'Records of the tenant that differ from their newest event: a record is a cache of its events. Looks at the whole tenant; the run does not matter.';

create function simulation.illegal_history(tenant_id uuid, run_id uuid default null, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'record ' || h.record_id, 'revisions 1, 2, 3 …, each by a legal transition',
    'revision ' || h.revision || ' after ' || coalesce(h.revision_before::text, 'nothing') || ': '
      || coalesce(h.state_before, 'nothing') || ' to ' || h.state || ' by ' || h.kind,
    jsonb_build_object('record_id', h.record_id, 'key', h.key, 'revision', h.revision)
  from (
    select
      e.record_id, e.key, e.revision, e.state, e.kind,
      lag(e.revision) over w as revision_before,
      lag(e.state) over w as state_before
    from attendance.event as e
    where e.tenant_id = illegal_history.tenant_id and e.record_id is not null
    window w as (partition by e.record_id order by e.revision, e.key)
  ) as h
  where h.revision <> coalesce(h.revision_before, 0) + 1
    or (
      h.state is distinct from h.state_before
      and not exists (
        select from core.transition as t
        where t.machine = 'attendance_record' and t.origin = coalesce(h.state_before, '') and t.to_state = h.state
      )
    )
$$;
comment on function simulation.illegal_history(uuid, uuid, text) is
  'Events of the tenant that could not follow the one before: a gap or a repeat in the revisions, or a pair of states that is no row of core.transition. Looks at the whole tenant.';

create function simulation.open_twice(tenant_id uuid, run_id uuid default null, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'person ' || r.subject_id, 'at most 1 open record', count(*) || ' open records',
    jsonb_build_object('subject_id', r.subject_id, 'record_ids', (array_agg(r.id order by r.in_at))[1:4])
  from attendance.record as r
  where r.tenant_id = open_twice.tenant_id and r.is_open
  group by r.subject_id
  having count(*) > 1
$$;
comment on function simulation.open_twice(uuid, uuid, text) is 'People of the tenant with more than one open record. Looks at the whole tenant.';

create function simulation.recorded_twice(tenant_id uuid, run_id uuid default null, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'person ' || r.subject_id || ' in session ' || r.session_id, '1 record that is not voided', count(*) || ' records',
    jsonb_build_object('subject_id', r.subject_id, 'session_id', r.session_id, 'record_ids', (array_agg(r.id order by r.in_at))[1:4])
  from attendance.record as r
  where r.tenant_id = recorded_twice.tenant_id and r.session_id is not null and r.state <> 'voided'
  group by r.subject_id, r.session_id
  having count(*) > 1
$$;
comment on function simulation.recorded_twice(uuid, uuid, text) is
  'People of the tenant with more than one record in a session that is not voided. Looks at the whole tenant.';

commit;
