-- Deploy smartattend:report/service_slo to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.service_slo as
select
  h.tenant_id,
  o.objective,
  h.day,
  o.target,
  sum(h.count)::bigint as calls,
  coalesce(sum(h.count) filter (where h.burns), 0)::bigint as errors
from (
  select
    c.tenant_id, c.endpoint, (c.hour at time zone coalesce(n.time_zone, 'UTC'))::date as day,
    c.code <> '' and k.burns as burns, sum(c.count) as count
  from metrics.request_hour as c
  left join tenancy.tenant as n on n.tenant_id = c.tenant_id
  cross join lateral metrics.error_class_of(c.code) as k
  where c.hour > (select core.clock()) - interval '90 days'
  group by 1, 2, 3, 4
) as h
inner join metrics.objective as o on o.endpoint in (h.endpoint, '*')
group by h.tenant_id, o.objective, h.day, o.target;
comment on materialized view report_data.service_slo is
  'Calls and errors that burn by tenant, objective and day (of the tenant''s zone), of the last 90 days.';
create unique index service_slo_key on report_data.service_slo (tenant_id, objective, day);

create view report.service_slo with (security_barrier = true) as
select
  r.objective, r.day, r.target, r.calls, r.errors, round((1 - r.errors::numeric / r.calls), 6) as availability,
  round((r.errors / (r.calls * (1 - r.target)))::numeric, 4) as budget_used,
  f.as_of
from report_data.service_slo as r
cross join report.freshness as f
where f.view = 'service_slo'
  and r.tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('metrics.read'));
comment on view report.service_slo is
  'How the service kept its objectives, by day of the tenant''s zone, of the last 90 days, with metrics.read: errors are those that burn (no caller''s errors, no refusals by policy), availability is the part of the calls without one, and budget_used is 1 when the day used exactly what the target leaves. Sum calls and errors over days, never the rates.';
grant select on report.service_slo to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('service_slo', 'Objectives of the service and what is left of their budgets', '15 minutes', '1 hour');

commit;
