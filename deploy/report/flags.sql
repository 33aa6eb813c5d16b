-- Deploy smartattend:report/flags to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.flags as
select
  f.tenant_id,
  f.rule,
  coalesce(f.unit_id, f.tenant_id) as scope_id,
  count(*)::integer as raised,
  count(*) filter (where f.state = 'open')::integer as open,
  count(*) filter (where f.state = 'open' and f.is_blocking)::integer as blocking,
  count(*) filter (where f.state = 'dismissed')::integer as dismissed,
  count(*) filter (where f.state = 'upheld')::integer as upheld,
  count(*) filter (where f.state = 'auto_cleared')::integer as auto_cleared,
  min(f.raised_at) filter (where f.state = 'open') as oldest_open_at,
  percentile_cont(0.5) within group (order by corporate.elapsed(f.raised_at, t.recorded_at))
    filter (where f.state in ('dismissed', 'upheld')) as median_to_decide
from integrity.flag as f
left join integrity.flag_transition as t
  on t.tenant_id = f.tenant_id and t.object_id = f.id and t.to_state = f.state and f.state in ('dismissed', 'upheld')
group by f.tenant_id, f.rule, coalesce(f.unit_id, f.tenant_id);
comment on materialized view report_data.flags is
  'Integrity flags by tenant, rule and unit, and what was decided about them; scope_id is the unit, or the tenant for what belongs to no unit.';
create unique index flags_key on report_data.flags (tenant_id, rule, scope_id);

create view report.flags with (security_barrier = true) as
select
  r.rule, nullif(r.scope_id, r.tenant_id) as unit_id, r.raised, r.open, r.blocking, r.dismissed, r.upheld, r.auto_cleared,
  round(r.upheld::numeric / nullif(r.upheld + r.dismissed, 0), 4) as precision, r.oldest_open_at, r.median_to_decide,
  f.as_of
from report_data.flags as r
cross join report.freshness as f
where f.view = 'flags'
  and r.tenant_id = (select identity.session_tenant('capture_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or r.scope_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  );
comment on view report.flags is
  'Integrity flags by rule and unit, in the scope of attendance.read: how many were raised and what became of them. precision is upheld / decided (upheld or dismissed), null before the first decision; a rule whose precision is low speaks too often.';
grant select on report.flags to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('flags', 'Integrity flags and how often they are right', '15 minutes', '1 hour');

commit;
