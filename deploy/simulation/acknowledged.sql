-- Deploy smartattend:simulation/acknowledged to pg
begin;
set local role smartattend_owner;

create function simulation.lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, c.outcome || ' is stored: its record, and the event of that revision',
    case
      when not s.has_record then 'no such record of this person'
      when not s.has_revision then 'no event made this revision'
      else 'no event carries this key'
    end,
    jsonb_build_object('call', c.number, 'key', c.key, 'record_id', c.record_id, 'revision', c.revision, 'subject_id', c.subject_id)
  from simulation.call as c
  cross join lateral (
    select
      exists (
        select from attendance.record as r
        where r.tenant_id = c.tenant_id and r.id = c.record_id and r.subject_id = c.subject_id
      ) as has_record,
      exists (
        select from attendance.event as e
        where e.tenant_id = c.tenant_id and e.record_id = c.record_id and e.revision = c.revision and e.subject_id = c.subject_id
      ) as has_revision,
      c.outcome <> 'accepted' or exists (
        select from attendance.event as e
        where e.tenant_id = c.tenant_id and e.key = c.key and e.record_id = c.record_id
      ) as has_key
  ) as s
  where c.tenant_id = lost_acknowledgement.tenant_id
    and c.run_id = lost_acknowledgement.run_id
    and (lost_acknowledgement.scenario is null or c.scenario = lost_acknowledgement.scenario)
    and c.outcome in ('accepted', 'replayed')
    and not (s.has_record and s.has_revision and s.has_key)
$$;
comment on function simulation.lost_acknowledgement(uuid, uuid, text) is
  'Calls that were told accepted or replayed and are not stored: acknowledged must be a subset of stored.';

create function simulation.phantom_check_in(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'event ' || e.key, 'a check-in that a client sent', 'nobody sent this key',
    jsonb_build_object('key', e.key, 'record_id', e.record_id, 'subject_id', e.subject_id, 'recorded_at', e.recorded_at)
  from simulation.run as u
  inner join (
    select distinct c.subject_id
    from simulation.call as c
    where c.tenant_id = phantom_check_in.tenant_id
      and c.run_id = phantom_check_in.run_id
      and (phantom_check_in.scenario is null or c.scenario = phantom_check_in.scenario)
  ) as p on true
  inner join attendance.record as r on r.tenant_id = u.tenant_id and r.subject_id = p.subject_id
  inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
  where u.tenant_id = phantom_check_in.tenant_id
    and u.id = phantom_check_in.run_id
    and e.kind = 'in'
    and e.recorded_at >= u.created_at
    and not exists (
      select from simulation.call as c
      where c.tenant_id = u.tenant_id and c.run_id = u.id and c.key = e.key
    )
$$;
comment on function simulation.phantom_check_in(uuid, uuid, text) is
  'Check-ins of the run''s people, stored since the run began, under a key that no client sent.';

create function simulation.unresolved_call(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'an answer, at the latest when it was asked again with the same key', 'unknown after ' || c.tries || ' tries',
    jsonb_build_object('call', c.number, 'key', c.key, 'subject_id', c.subject_id, 'code', c.code)
  from simulation.call as c
  where c.tenant_id = unresolved_call.tenant_id
    and c.run_id = unresolved_call.run_id
    and (unresolved_call.scenario is null or c.scenario = unresolved_call.scenario)
    and c.outcome = 'unknown'
    and not exists (
      select from simulation.call as o
      where o.tenant_id = c.tenant_id and o.run_id = c.run_id and o.key = c.key and o.payload_hash = c.payload_hash and o.number > c.number
        and o.outcome in ('accepted', 'replayed')
    )
$$;
comment on function simulation.unresolved_call(uuid, uuid, text) is
  'Calls whose outcome stayed unknown: the connection died, and asking again by the key did not settle it.';

create function simulation.undocumented_error(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'a code of core.error_code', c.code,
    jsonb_build_object('call', c.number, 'key', c.key, 'code', c.code, 'kind', c.kind, 'tries', c.tries)
  from simulation.call as c
  where c.tenant_id = undocumented_error.tenant_id
    and c.run_id = undocumented_error.run_id
    and (undocumented_error.scenario is null or c.scenario = undocumented_error.scenario)
    and c.outcome in ('refused', 'error')
    and not exists (select from core.error_code as e where e.code = c.code)
$$;
comment on function simulation.undocumented_error(uuid, uuid, text) is
  'Calls that ended with a code that is not in the registry: PostgreSQL''s own codes are retried (40001, 40P01, 55P03) or translated, never given to a caller.';

create function simulation.unserved_submission(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'accepted, replayed, or refused because the key carries another payload', c.outcome || coalesce(' ' || c.code, ''),
    jsonb_build_object('call', c.number, 'key', c.key, 'kind', c.kind, 'code', c.code, 'tries', c.tries)
  from simulation.call as c
  where c.tenant_id = unserved_submission.tenant_id
    and c.run_id = unserved_submission.run_id
    and (unserved_submission.scenario is null or c.scenario = unserved_submission.scenario)
    and c.phase = 'load'
    and c.logical is not null
    and c.outcome not in ('accepted', 'replayed')
    and not (c.outcome = 'refused' and c.code = 'SA102')
$$;
comment on function simulation.unserved_submission(uuid, uuid, text) is
  'Submissions that did not get their check-in although nothing speaks against it.';

commit;
