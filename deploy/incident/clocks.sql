-- Deploy smartattend:incident/clocks to pg
begin;
set local role smartattend_owner;

create function incident.began_at(tenant_id uuid, incident_id uuid)
returns timestamptz
language sql
stable
as $$
  select max(t.recorded_at)
  from incident.incident_transition as t
  where t.tenant_id = began_at.tenant_id and t.object_id = began_at.incident_id and (t.from_state is null or t.via = 'reopen')
$$;
comment on function incident.began_at(uuid, uuid) is 'When the present episode of an incident began.';

create function incident.unattended_since(tenant_id uuid, incident_id uuid)
returns timestamptz
language sql
stable
as $$
  select max(t.recorded_at)
  from incident.incident_transition as t
  where t.tenant_id = unattended_since.tenant_id
    and t.object_id = unattended_since.incident_id
    and (t.to_state = 'detected' or t.via = 'reopen')
$$;
comment on function incident.unattended_since(uuid, uuid) is 'Since when an incident that is nobody''s is nobody''s.';

create function incident.paused(tenant_id uuid, incident_id uuid, since timestamptz, until timestamptz)
returns interval
language sql
stable
as $$
  select coalesce(
    sum(greatest(least(coalesce(r.recorded_at, paused.until), paused.until) - greatest(p.recorded_at, paused.since), interval '0')), interval '0'
  )
  from incident.pause as p
  left join incident.resumption as r on r.tenant_id = p.tenant_id and r.pause_id = p.id
  where p.tenant_id = paused.tenant_id and p.incident_id = paused.incident_id and p.recorded_at < paused.until
$$;
comment on function incident.paused(uuid, uuid, timestamptz, timestamptz) is 'How long an incident''s clocks stood still between two instants.';

create function incident.is_paused(tenant_id uuid, incident_id uuid)
returns boolean
language sql
stable
as $$
  select exists (
    select from incident.pause as p
    where p.tenant_id = is_paused.tenant_id
      and p.incident_id = is_paused.incident_id
      and not exists (select from incident.resumption as r where r.tenant_id = p.tenant_id and r.pause_id = p.id)
  )
$$;
comment on function incident.is_paused(uuid, uuid) is 'Whether an incident''s clocks stand still now.';

create function incident.has_lapsed(tenant_id uuid, incident_id uuid, severity integer, now timestamptz)
returns boolean
language sql
stable
as $$
  select coalesce(
    has_lapsed.now - a.since - incident.paused(has_lapsed.tenant_id, has_lapsed.incident_id, a.since, has_lapsed.now) >= s.acknowledgement_lasts,
    false
  )
  from incident.severity as s,
    (
      select max(t.recorded_at)
      from incident.incident_transition as t
      where t.tenant_id = has_lapsed.tenant_id and t.object_id = has_lapsed.incident_id and t.to_state = 'acknowledged'
    ) as a (since)
  where s.severity = has_lapsed.severity
$$;
comment on function incident.has_lapsed(uuid, uuid, integer, timestamptz) is
  'Whether an acknowledged incident has been so for longer, less pauses, than an acknowledgement of its severity lasts.';

create function incident.judge_clocks(subject incident.incident, now timestamptz, stops text[] default '{}')
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_began timestamptz := incident.began_at((judge_clocks.subject).tenant_id, (judge_clocks.subject).id);
  v_took interval := judge_clocks.now - v_began
    - incident.paused((judge_clocks.subject).tenant_id, (judge_clocks.subject).id, v_began, judge_clocks.now);
  v_missed integer;
begin
  with verdict as (
    insert into incident.verdict (tenant_id, incident_id, episode, clock, severity, within, took)
    select
      (judge_clocks.subject).tenant_id, (judge_clocks.subject).id, (judge_clocks.subject).episode, c.clock, s.severity, c.within, v_took
    from incident.severity as s
    cross join lateral (
      values ('acknowledge', s.acknowledge_within), ('mitigate', s.mitigate_within), ('resolve', s.resolve_within)
    ) as c (clock, within)
    where s.severity = (judge_clocks.subject).severity
      and (c.clock <> 'acknowledge' or (judge_clocks.subject).episode = 1) -- what is opened again was acknowledged before
      and (v_took > c.within or c.clock = any (judge_clocks.stops) and c.within is not null)
    on conflict on constraint verdict_pkey do nothing
    returning is_met
  )
  select count(*) into v_missed from verdict as v where not v.is_met;
  return v_missed;
end $$;
comment on function incident.judge_clocks(incident.incident, timestamptz, text[]) is
  'Writes the verdicts on an open incident that are due: of the clocks that it stops now, and of those whose time is over; answers how many promises were broken.';

commit;
