-- Deploy smartattend:corporate/worked_time to pg
begin;
set local role smartattend_owner;

create view corporate.presence with (security_invoker = true) as
select
  r.tenant_id, r.subject_id, r.id as record_id, r.business_date, r.state, r.in_at, r.out_at, i.template_id,
  case
    when r.in_at is null and g.category not in ('present', 'late', 'left_early', 'partial') then interval '0'
    when a.away is null then corporate.paid(t.present, coalesce(i.unpaid_break, '0'), coalesce(i.break_after, '0'))
    else t.present - greatest(a.away, t.present - corporate.paid(t.present, i.unpaid_break, i.break_after))
  end as worked
from attendance.record as r
left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
left join attendance.category as g on g.category = c.category
left join corporate.shift_instance as i on i.tenant_id = r.tenant_id and i.session_id = r.session_id
cross join lateral (select corporate.elapsed(r.in_at, r.out_at) as present) as t
left join lateral (
  select (
    select sum(corporate.elapsed(lower(x.stretch), upper(x.stretch)))
    from unnest(l.away * tstzmultirange(tstzrange(r.in_at, r.out_at))) as x (stretch)
  ) as away
  from corporate.away as l
  where l.tenant_id = r.tenant_id and l.record_id = r.id
  order by l.revision desc
  limit 1
) as a on true
where r.state in ('recorded', 'flagged', 'verified');
comment on view corporate.presence is
  'What each record that is not voided says of work: the time between its ends as a difference of instants, without what the person was away or the template''s unpaid break, whichever is more. Null when an end is missing, 0 for an absence.';

create view corporate.worked_time with (security_invoker = true) as
select
  d.tenant_id,
  d.subject_id,
  d.business_date,
  extract(isoyear from d.business_date)::integer as iso_year,
  extract(week from d.business_date)::integer as iso_week,
  d.records,
  d.held,
  d.unended,
  d.planned,
  d.worked,
  d.provisional,
  case when d.worked is not null then greatest(d.worked - d.planned, interval '0') end as over_plan -- greatest would pass a null over
from (
  select
    p.tenant_id,
    p.subject_id,
    p.business_date,
    count(*) filter (where p.state in ('verified', 'recorded'))::integer as records,
    count(*) filter (where p.state = 'flagged')::integer as held,
    count(*) filter (where p.state in ('verified', 'recorded') and p.worked is null)::integer as unended,
    coalesce(sum(p.planned), interval '0') as planned,
    case
      when count(*) filter (where p.state = 'verified' and p.worked is null) = 0
      then coalesce(sum(p.worked) filter (where p.state = 'verified'), interval '0')
    end as worked,
    case
      when count(*) filter (where p.state = 'recorded' and p.worked is null) = 0
      then coalesce(sum(p.worked) filter (where p.state = 'recorded'), interval '0')
    end as provisional
  from (
    select r.tenant_id, r.subject_id, r.business_date, r.state, r.worked, null::interval as planned
    from corporate.presence as r
    union all
    select i.tenant_id, e.subject_id, i.business_date, null as state, null as worked, i.planned
    from corporate.shift_instance as i
    inner join attendance.expectation as e on e.tenant_id = i.tenant_id and e.session_id = i.session_id
    where e.withdrawn_at is null and e.source = 'shift'
  ) as p
  group by p.tenant_id, p.subject_id, p.business_date
) as d;
comment on view corporate.worked_time is
  'Work of each person on each business date: worked from verified records, provisional from recorded ones, neither from flagged (held) or voided ones; null, never invented, when a record lacks an end (unended counts them). planned is what the shifts of the date plan, leave is not planned; over_plan is what was worked beyond.';

create view corporate.overtime with (security_invoker = true) as
select
  w.tenant_id,
  w.subject_id,
  w.iso_year,
  w.iso_week,
  w.week_starts_on,
  w.days,
  w.held,
  w.unended,
  w.planned,
  w.worked,
  w.provisional,
  w.over_plan,
  s.worked_weekly_at_most as weekly_limit,
  case when w.worked is not null then greatest(w.worked - s.worked_weekly_at_most, interval '0') end as over_limit,
  case
    when w.worked + w.provisional is not null then greatest(w.worked + w.provisional - s.worked_weekly_at_most, interval '0')
  end as provisional_over_limit
from (
  select
    d.tenant_id,
    d.subject_id,
    extract(isoyear from d.week_starts_on)::integer as iso_year,
    extract(week from d.week_starts_on)::integer as iso_week,
    d.week_starts_on,
    count(*)::integer as days,
    sum(d.held)::integer as held,
    sum(d.unended)::integer as unended,
    sum(d.planned) as planned,
    case when count(*) = count(d.worked) then sum(d.worked) end as worked,
    case when count(*) = count(d.provisional) then sum(d.provisional) end as provisional,
    case when count(*) = count(d.worked) then sum(d.over_plan) end as over_plan
  from (
    select t.*, t.business_date - extract(isodow from t.business_date)::integer + 1 as week_starts_on
    from corporate.worked_time as t
  ) as d
  group by d.tenant_id, d.subject_id, d.week_starts_on
) as w
inner join tenancy.setting as s on s.tenant_id = w.tenant_id;
comment on view corporate.overtime is
  'Work of each person in each ISO week (of business dates): over_plan is the sum of what exceeds the plan of a day, over_limit what exceeds the tenant''s weekly limit; the two are different rules and not added. From verified records; provisional_over_limit counts recorded ones, too. Null when a record of the week lacks an end.';

create view corporate.rest with (security_invoker = true) as
select
  r.tenant_id,
  r.subject_id,
  r.business_date,
  r.record_id,
  p.record_id as previous_record_id,
  r.state = 'recorded' or p.state = 'recorded' as is_provisional,
  p.out_at as rested_from,
  r.in_at as rested_until,
  b.rest,
  b.is_break,
  s.rest_at_least,
  not b.is_break and b.rest < s.rest_at_least as is_short
from (
  select r.tenant_id, r.subject_id, r.business_date, r.id as record_id, r.state, r.in_at, i.template_id
  from attendance.record as r
  left join corporate.shift_instance as i on i.tenant_id = r.tenant_id and i.session_id = r.session_id
  where r.in_at is not null and r.state in ('recorded', 'verified')
) as r
inner join tenancy.setting as s on s.tenant_id = r.tenant_id
cross join lateral (
  select e.id as record_id, e.session_id, e.business_date, e.state, e.out_at
  from attendance.record as e
  where e.tenant_id = r.tenant_id
    and e.subject_id = r.subject_id
    and e.business_date between r.business_date - 8 and r.business_date + 1
    and e.in_at < r.in_at
    and e.state in ('recorded', 'verified')
  order by e.in_at desc
  limit 1
) as p
left join corporate.shift_instance as i on i.tenant_id = r.tenant_id and i.session_id = p.session_id
cross join lateral (
  select
    p.business_date = r.business_date and (i.template_id = r.template_id or i.template_id is null or r.template_id is null) as is_break,
    corporate.elapsed(p.out_at, r.in_at) as rest
) as b;
comment on view corporate.rest is
  'Rest of each person between two presences that follow each other, of records that are recorded or verified, up to eight days apart: from the leaving to the next arrival, null when the leaving is missing. is_break: both on one business date and not of two different shifts (the parts of a split shift, unscheduled work), which is no rest. is_short: less than the tenant''s rest_at_least (F24).';

commit;
