-- Deploy smartattend:report/tenant_health to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.tenant_health as
select
  n.tenant_id,
  n.platform,
  n.state,
  n.is_sandbox,
  coalesce(m.members, 0)::integer as members,
  coalesce(d.devices, 0)::integer as devices,
  coalesce(d.distrusted, 0)::integer as distrusted_clocks,
  e.last_event_at,
  coalesce(e.events_of_a_day, 0)::integer as events_of_a_day,
  coalesce(r.held, 0)::integer as held_records,
  coalesce(r.unended, 0)::integer as unended_records,
  coalesce(g.missing, 0)::integer as missing_registers,
  coalesce(f.open, 0)::integer as open_flags,
  coalesce(f.blocking, 0)::integer as blocking_flags,
  coalesce(q.open, 0)::integer as open_corrections,
  coalesce(v.overdue, 0)::integer as overdue_revalidations,
  coalesce(x.open, 0)::integer as open_escalations
from tenancy.tenant as n
left join (
  select m.tenant_id, count(*) as members
  from identity.membership as m
  where m.active_from <= (select core.clock()) and coalesce(m.active_until, 'infinity') > (select core.clock())
  group by m.tenant_id
) as m on m.tenant_id = n.tenant_id
left join (
  select d.tenant_id, count(*) as devices, count(*) filter (where k.state in ('critical', 'untrusted')) as distrusted
  from timing.device as d
  left join timing.device_clock as k on k.tenant_id = d.tenant_id and k.device_id = d.id
  where d.retired_at is null
  group by d.tenant_id
) as d on d.tenant_id = n.tenant_id
left join (
  select
    e.tenant_id, max(e.recorded_at) as last_event_at,
    count(*) filter (where e.recorded_at > (select core.clock()) - interval '1 day') as events_of_a_day
  from attendance.event as e
  group by e.tenant_id
) as e on e.tenant_id = n.tenant_id
left join (
  select
    r.tenant_id, count(*) filter (where r.state = 'flagged') as held,
    count(*) filter (where r.in_at is not null and r.out_at is null and not r.is_open and r.state in ('recorded', 'verified')) as unended
  from attendance.record as r
  group by r.tenant_id
) as r on r.tenant_id = n.tenant_id
left join (
  select g.tenant_id, count(*) as missing
  from attendance.register as g
  inner join attendance.session as s on s.tenant_id = g.tenant_id and s.id = g.session_id
  where s.cancelled_at is null
    and s.ends_at <= (select core.clock())
    and (g.state = 'open' or g.state = 'scheduled' and s.kind <> 'shift' and s.source <> 'import')
  group by g.tenant_id
) as g on g.tenant_id = n.tenant_id
left join (
  select f.tenant_id, count(*) as open, count(*) filter (where f.is_blocking) as blocking
  from integrity.flag as f
  where f.state = 'open'
  group by f.tenant_id
) as f on f.tenant_id = n.tenant_id
left join (
  select q.tenant_id, count(*) as open
  from attendance.correction_request as q
  where q.state in ('submitted', 'approved')
  group by q.tenant_id
) as q on q.tenant_id = n.tenant_id
left join (
  select v.tenant_id, count(*) as overdue
  from access.revalidation as v
  where v.state = 'overdue'
  group by v.tenant_id
) as v on v.tenant_id = n.tenant_id
left join (
  select x.tenant_id, count(*) as open
  from access.escalation_event as x
  where x.state = 'open'
  group by x.tenant_id
) as x on x.tenant_id = n.tenant_id
where n.state <> 'purged';
comment on materialized view report_data.tenant_health is
  'How each tenant is, in one row.';
create unique index tenant_health_key on report_data.tenant_health (tenant_id);

create view report.tenant_health with (security_barrier = true) as
select
  r.platform, r.state, r.is_sandbox, r.members, r.devices, r.distrusted_clocks, r.last_event_at, r.events_of_a_day, r.held_records,
  r.unended_records, r.missing_registers, r.open_flags, r.blocking_flags, r.open_corrections, r.overdue_revalidations, r.open_escalations,
  f.as_of
from report_data.tenant_health as r
cross join report.freshness as f
where f.view = 'tenant_health'
  and r.tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('setting.manage'));
comment on view report.tenant_health is
  'How the tenant is, in one row, with setting.manage: people and devices, clocks that are not trusted, the last event and how many there were in a day, and what waits for somebody: held records, missing registers, flags, corrections, overdue revalidations, escalation events.';
grant select on report.tenant_health to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('tenant_health', 'How the tenant is, at a glance', '15 minutes', '1 hour');

commit;
