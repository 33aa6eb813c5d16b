-- Deploy smartattend:ops/collectors to pg
begin;
set local role smartattend_owner;

create function ops.open_incidents(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(i.id), jsonb_build_object('severity', s.severity)
  from incident.severity as s
  left join incident.incident as i
    on i.tenant_id = incident.bound_tenant() and i.severity = s.severity and i.state not in ('closed', 'dismissed')
  where open_incidents.now is not null
  group by s.severity
$$;
comment on function ops.open_incidents(timestamptz) is 'A collector: incidents that are neither closed nor dismissed, by severity.';

create function ops.missed_promises(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(v.incident_id), jsonb_build_object('clock', c.clock)
  from (values ('acknowledge'), ('mitigate'), ('resolve')) as c (clock)
  left join incident.verdict as v on v.tenant_id = incident.bound_tenant() and v.clock = c.clock and not v.is_met
  where missed_promises.now is not null
  group by c.clock
$$;
comment on function ops.missed_promises(timestamptz) is 'A collector: promises of the service level that were not kept, by clock.';

create function ops.job_lag(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    greatest(extract(epoch from job_lag.now - (v.begun_at + j.every)), 0)::double precision, jsonb_build_object('job', j.job)
  from ops.job as j
  inner join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
  where j.is_enabled and isfinite(v.begun_at)
$$;
comment on function ops.job_lag(timestamptz) is 'A collector: how long each job that ever ran has been due.';

insert into metrics.collector (metric, function, scope) values
  ('incident_open', 'ops.open_incidents', 'both'),
  ('incident_sla_breach', 'ops.missed_promises', 'both'),
  ('job_lag', 'ops.job_lag', 'platform');

commit;
