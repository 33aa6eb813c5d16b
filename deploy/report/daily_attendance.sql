-- Deploy smartattend:report/daily_attendance to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.daily_attendance as
select
  s.tenant_id,
  s.business_date,
  s.scope_id,
  count(*) filter (where s.expected > 0)::integer as sessions,
  sum(s.expected)::integer as expected,
  sum(s.present)::integer as present,
  sum(s.late)::integer as late,
  sum(s.partial)::integer as partial,
  sum(s.elsewhere)::integer as elsewhere,
  sum(s.absent)::integer as absent,
  sum(s.excused)::integer as excused,
  sum(s.not_required)::integer as not_required,
  sum(s.held)::integer as held,
  sum(s.not_taken)::integer as not_taken,
  sum(s.to_come)::integer as to_come,
  sum(s.cancelled)::integer as cancelled,
  sum(s.unscheduled)::integer as unscheduled,
  sum(s.in_denominator)::integer as in_denominator,
  sum(s.presence_value) as presence_value
from (
  -- by session first: counting distinct sessions would sort every row
  select
    r.tenant_id,
    r.business_date,
    coalesce(r.unit_id, r.tenant_id) as scope_id,
    r.session_id,
    count(*) filter (where r.is_expected) as expected,
    count(*) filter (where r.is_expected and r.standing = 'present') as present,
    count(*) filter (where r.is_expected and r.standing = 'late') as late,
    count(*) filter (where r.is_expected and r.standing in ('left_early', 'partial')) as partial,
    count(*) filter (where r.is_expected and r.standing = 'approved_elsewhere') as elsewhere,
    count(*) filter (where r.is_expected and r.standing = 'absent_unexcused') as absent,
    count(*) filter (where r.is_expected and r.standing in ('absent_excused', 'on_leave')) as excused,
    count(*) filter (where r.is_expected and r.standing = 'not_required') as not_required,
    count(*) filter (where r.is_expected and r.standing = 'held') as held,
    count(*) filter (where r.is_expected and r.standing = 'not_taken') as not_taken,
    count(*) filter (where r.is_expected and r.standing = 'to_come') as to_come,
    count(*) filter (where r.is_expected and r.standing = 'cancelled') as cancelled,
    count(*) filter (where not r.is_expected) as unscheduled,
    count(*) filter (where r.in_denominator) as in_denominator,
    coalesce(sum(r.presence_value) filter (where r.in_denominator), 0) as presence_value
  from (
    select
      x.tenant_id, x.business_date, x.unit_id, x.session_id, true as is_expected,
      case
        when r.state = 'flagged' then 'held'
        when r.id is not null then coalesce(c.category, 'present')
        when s.cancelled_at is not null then 'cancelled'
        when l.category is not null then 'on_leave'
        when not x.is_required then 'not_required'
        when x.ends_at > (select core.clock()) then 'to_come'
        else 'not_taken'
      end as standing,
      c.in_denominator and r.state in ('recorded', 'verified') as in_denominator,
      c.presence_value
    from attendance.expectation as x
    inner join attendance.session as s on s.tenant_id = x.tenant_id and s.id = x.session_id
    left join attendance.code as l on l.tenant_id = x.tenant_id and l.code = x.code
    left join attendance.record as r
      on r.tenant_id = x.tenant_id and r.session_id = x.session_id and r.subject_id = x.subject_id and r.state <> 'voided'
    left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
    where x.withdrawn_at is null
    union all
    select
      r.tenant_id, r.business_date, r.unit_id, r.session_id, false, null as standing,
      c.in_denominator and r.state in ('recorded', 'verified'),
      c.presence_value
    from attendance.record as r
    left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
    where r.state <> 'voided'
      and not exists (
        select from attendance.expectation as x
        where x.tenant_id = r.tenant_id and x.session_id = r.session_id and x.subject_id = r.subject_id and x.withdrawn_at is null
      )
  ) as r
  group by r.tenant_id, r.business_date, coalesce(r.unit_id, r.tenant_id), r.session_id
) as s
group by s.tenant_id, s.business_date, s.scope_id;
comment on materialized view report_data.daily_attendance is
  'What became of everybody who was expected, and who came besides, by tenant, business date and unit; scope_id is the unit, or the tenant for what belongs to no unit.';
create unique index daily_attendance_key on report_data.daily_attendance (tenant_id, business_date, scope_id);

create view report.daily_attendance with (security_barrier = true) as
select
  r.business_date, nullif(r.scope_id, r.tenant_id) as unit_id, r.sessions, r.expected, r.present, r.late, r.partial, r.elsewhere, r.absent,
  r.excused, r.not_required, r.held, r.not_taken, r.to_come, r.cancelled, r.unscheduled, r.in_denominator, r.presence_value,
  round(r.presence_value / nullif(r.in_denominator, 0), 4) as attendance_rate,
  f.as_of
from report_data.daily_attendance as r
cross join report.freshness as f
where f.view = 'daily_attendance'
  and r.tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or r.scope_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  );
comment on view report.daily_attendance is
  'Attendance by business date (of the site; a night belongs to the date on which it begins) and unit, in the scope of attendance.read: expected is the sum of what follows it up to cancelled, unscheduled came besides. The same words and numbers as api.roll, as of the last refresh. attendance_rate: presence values over those that count (neither held nor voided, in_denominator), null where none does.';
grant select on report.daily_attendance to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('daily_attendance', 'Attendance by business date and unit', '15 minutes', '1 hour');

commit;
