-- Deploy smartattend:report/worked_hours to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.worked_hours as
select
  o.tenant_id, o.week_starts_on, o.subject_id, o.days, o.held, o.unended, o.planned, o.worked, o.provisional, o.over_plan, o.weekly_limit,
  o.over_limit, o.provisional_over_limit, w.scope_ids
from corporate.overtime as o
inner join (
  select
    p.tenant_id, p.subject_id, date_trunc('week', p.business_date)::date as week_starts_on,
    array_agg(distinct p.scope_id order by p.scope_id) as scope_ids
  from (
    -- what belongs to no unit belongs to the tenant, which is in nobody's scope
    select r.tenant_id, r.subject_id, r.business_date, coalesce(r.unit_id, r.tenant_id) as scope_id
    from attendance.record as r
    where r.tenant_id = any (array(select n.tenant_id from tenancy.tenant as n where n.platform = 'corporate')) and r.state <> 'voided'
    union
    select e.tenant_id, e.subject_id, e.business_date, e.unit_id
    from attendance.expectation as e
    where e.withdrawn_at is null and e.source = 'shift'
  ) as p
  group by p.tenant_id, p.subject_id, date_trunc('week', p.business_date)::date
) as w on w.tenant_id = o.tenant_id and w.subject_id = o.subject_id and w.week_starts_on = o.week_starts_on
-- as an array, which is pushed down beneath the sums; a join would have the schools summed up first
where o.tenant_id = any (array(select n.tenant_id from tenancy.tenant as n where n.platform = 'corporate'));
comment on materialized view report_data.worked_hours is
  'Worked time of each person of a company by ISO week, with the units that it was planned or spent in.';
create unique index worked_hours_key on report_data.worked_hours (tenant_id, week_starts_on, subject_id);

create view report.worked_hours with (security_barrier = true) as
select
  r.week_starts_on, r.subject_id, r.days, r.held, r.unended, r.planned, r.worked, r.provisional, r.over_plan, r.weekly_limit, r.over_limit,
  r.provisional_over_limit,
  f.as_of
from report_data.worked_hours as r
cross join report.freshness as f
where f.view = 'worked_hours'
  and r.tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    r.subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or r.scope_ids <@ array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id))
  );
comment on view report.worked_hours is
  'Worked time of each person of a company by ISO week (of business dates): the columns of api.overtime, as of the last refresh. Oneself, whoever was planned and worked in the scope of attendance.read alone, or with it for the whole tenant all.';
grant select on report.worked_hours to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('worked_hours', 'Worked hours of people by week', '1 hour', '3 hours');

commit;
