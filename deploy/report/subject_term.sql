-- Deploy smartattend:report/subject_term to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.subject_term as
select
  d.tenant_id,
  d.term_id,
  d.subject_id,
  d.scope_id,
  d.term_kind,
  d.term,
  d.starts_on,
  count(*)::integer as days,
  sum(d.sessions)::integer as sessions,
  sum(d.present)::integer as present,
  sum(d.tardy)::integer as tardy,
  sum(d.partial)::integer as partial,
  sum(d.elsewhere)::integer as elsewhere,
  sum(d.excused)::integer as excused,
  sum(d.absent)::integer as absent,
  round(sum(1 - d.presence_value / d.sessions), 4) as days_absent,
  sum(1 - d.presence_value / d.sessions) / count(*) >= 0.10 as is_chronic
from (
  -- a day counts by the part of its sessions that was missed, however many it has
  select
    a.tenant_id, a.term_kind, a.term_id, a.term, a.starts_on, a.subject_id, a.business_date,
    case when grouping(a.unit_id) = 0 then a.unit_id else a.tenant_id end as scope_id,
    count(*) as sessions,
    count(*) filter (where a.category = 'present') as present,
    count(*) filter (where a.counts_tardy) as tardy,
    count(*) filter (where a.category in ('left_early', 'partial')) as partial,
    count(*) filter (where a.category = 'approved_elsewhere') as elsewhere,
    count(*) filter (where a.category = 'absent_excused') as excused,
    count(*) filter (where a.category = 'absent_unexcused') as absent,
    sum(a.presence_value) as presence_value
  from (
    select
      r.tenant_id, 'term' as term_kind, t.id as term_id, t.code as term, t.starts_on, r.subject_id, s.unit_id, r.business_date,
      c.category, c.counts_tardy, c.presence_value
    from attendance.record as r
    inner join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code and c.in_denominator
    inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
    inner join school.term as t
      on t.tenant_id = s.tenant_id and t.site_id = s.site_id and t.starts_on <= r.business_date and t.ends_on > r.business_date
    where r.state in ('recorded', 'verified')
    union all
    select
      r.tenant_id, p.kind, p.id, p.code, (p.starts_at at time zone n.time_zone)::date, r.subject_id, s.unit_id, r.business_date,
      c.category, c.counts_tardy, c.presence_value
    from tenancy.tenant as n
    inner join attendance.period as p on p.tenant_id = n.tenant_id
    inner join attendance.record as r on r.tenant_id = p.tenant_id and r.accounted_at >= p.starts_at and r.accounted_at < p.ends_at
    inner join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code and c.in_denominator
    inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
    where n.platform = 'corporate' and r.state in ('recorded', 'verified')
  ) as a
  group by
    a.tenant_id, a.term_kind, a.term_id, a.term, a.starts_on, a.subject_id, a.business_date,
    grouping sets ((), (a.unit_id))
) as d
group by d.tenant_id, d.term_kind, d.term_id, d.term, d.starts_on, d.subject_id, d.scope_id;
comment on materialized view report_data.subject_term is
  'Attendance of each person by term (schools) or pay period (companies), and there by unit; scope_id is the unit, or the tenant for all units together.';
create unique index subject_term_key on report_data.subject_term (tenant_id, term_id, subject_id, scope_id);

create view report.subject_term with (security_barrier = true) as
select
  r.subject_id, r.term_kind, r.term_id, r.term, r.starts_on, nullif(r.scope_id, r.tenant_id) as unit_id, r.days, r.sessions, r.present, r.tardy,
  r.partial, r.elsewhere, r.excused, r.absent, r.days_absent, round(r.days_absent / r.days, 4) as absence_rate, r.is_chronic,
  f.as_of
from report_data.subject_term as r
cross join report.freshness as f
where f.view = 'subject_term'
  and r.tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    r.subject_id = (select identity.session_user_id())
    or (select identity.session_holds('attendance.read'))
    or r.scope_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  );
comment on view report.subject_term is
  'Attendance of each person by term of the site (schools) or pay period (companies): unit null is the whole, the others are its parts. Oneself, the parts in the scope of attendance.read, or with it for the whole tenant all. Of sessions that count (neither held nor voided, in_denominator); what nobody recorded is no absence. A day is missed by the part of its sessions that was; is_chronic: a tenth of the days or more, excused or not.';
grant select on report.subject_term to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('subject_term', 'Attendance of people by term', '1 hour', '3 hours');

commit;
