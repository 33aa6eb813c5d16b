-- Deploy smartattend:report/device_clocks to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.device_clocks as
select
  d.tenant_id, d.id as device_id, d.site_id, d.kind, coalesce(c.state, 'unknown') as state, t.since, c.sampled_at, c.offset_us, c.error_us,
  c.delivered_until, coalesce(t.falls, 0)::integer as falls, coalesce(s.samples, 0)::integer as samples, s.worst_offset_us, s.worst_step_us
from timing.device as d
left join timing.device_clock as c on c.tenant_id = d.tenant_id and c.device_id = d.id
left join (
  select
    t.tenant_id, t.object_id, max(t.recorded_at) filter (where t.from_state is distinct from t.to_state) as since,
    count(*) filter (
      where t.to_state in ('critical', 'untrusted') and t.from_state is distinct from t.to_state
        and t.recorded_at > (select core.clock()) - interval '30 days'
    ) as falls
  from timing.device_clock_transition as t
  group by t.tenant_id, t.object_id
) as t on t.tenant_id = c.tenant_id and t.object_id = c.device_id
left join (
  select s.tenant_id, s.device_id, count(*) as samples, max(abs(s.offset_us)) as worst_offset_us, max(abs(s.step_us)) as worst_step_us
  from timing.clock_sample as s
  where s.reported_at > (select core.clock()) - interval '30 days'
  group by s.tenant_id, s.device_id
) as s on s.tenant_id = d.tenant_id and s.device_id = d.id
where d.retired_at is null;
comment on materialized view report_data.device_clocks is
  'The clocks of the devices in service of every tenant, with their last 30 days.';
create unique index device_clocks_key on report_data.device_clocks (tenant_id, device_id);

create view report.device_clocks with (security_barrier = true) as
select
  r.device_id, r.site_id, r.kind, r.state, r.since, r.sampled_at, r.offset_us, r.error_us, r.delivered_until, r.falls, r.samples,
  r.worst_offset_us, r.worst_step_us,
  f.as_of
from report_data.device_clocks as r
cross join report.freshness as f
where f.view = 'device_clocks'
  and r.tenant_id = (select identity.session_tenant('capture_read'))
  and (select identity.session_holds('member.read'));
comment on view report.device_clocks is
  'The clocks of the devices in service, with member.read: health and since when, offset (to be added to the wall clock) with its error, and of the last 30 days how often it fell to critical or untrusted (falls), how many samples there were, and the widest offset and step among them.';
grant select on report.device_clocks to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('device_clocks', 'Health of the clocks of devices', '15 minutes', '1 hour');

commit;
