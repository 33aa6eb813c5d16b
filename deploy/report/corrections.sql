-- Deploy smartattend:report/corrections to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.corrections as
select
  q.tenant_id,
  q.type,
  coalesce(q.unit_id, q.tenant_id) as scope_id,
  count(*)::integer as submitted,
  count(*) filter (where q.state in ('submitted', 'approved'))::integer as open,
  count(*) filter (where q.state = 'applied')::integer as applied,
  count(*) filter (where q.state = 'conflicted')::integer as conflicted,
  count(*) filter (where q.state = 'rejected')::integer as rejected,
  count(*) filter (where q.state = 'withdrawn')::integer as withdrawn,
  count(*) filter (where q.state = 'expired')::integer as expired,
  min(q.submitted_at) filter (where q.state = 'submitted') as oldest_open_at,
  percentile_cont(0.5) within group (order by corporate.elapsed(q.submitted_at, t.recorded_at)) as median_to_decide
from attendance.correction_request as q
left join attendance.correction_request_transition as t
  on t.tenant_id = q.tenant_id and t.object_id = q.id and t.from_state = 'submitted' and t.to_state in ('approved', 'rejected')
group by q.tenant_id, q.type, coalesce(q.unit_id, q.tenant_id);
comment on materialized view report_data.corrections is
  'Correction requests by tenant, type and unit, and what became of them; scope_id is the unit, or the tenant for what belongs to no unit.';
create unique index corrections_key on report_data.corrections (tenant_id, type, scope_id);

create view report.corrections with (security_barrier = true) as
select
  r.type, nullif(r.scope_id, r.tenant_id) as unit_id, r.submitted, r.open, r.applied, r.conflicted, r.rejected, r.withdrawn, r.expired,
  round((r.applied + r.conflicted)::numeric / nullif(r.applied + r.conflicted + r.rejected, 0), 4) as approval_rate, r.oldest_open_at,
  r.median_to_decide,
  f.as_of
from report_data.corrections as r
cross join report.freshness as f
where f.view = 'corrections'
  and r.tenant_id = (select identity.session_tenant('capture_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or r.scope_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  );
comment on view report.corrections is
  'Correction requests by type and unit, in the scope of attendance.read: what became of them, how many of the decided were approved (a conflicted one was, too), and how long a decision takes.';
grant select on report.corrections to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('corrections', 'Corrections asked for, and what became of them', '15 minutes', '1 hour');

commit;
