-- The same, counted by unit: expected is the sum of what follows it up to cancelled; unscheduled came besides.
select
  r.business_date as date, i.code as site, u.code as unit, u.name,
  count(distinct r.session_id) filter (where r.is_expected) as sessions,
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
  count(*) filter (where not r.is_expected) as unscheduled
from api.roll as r
left join api.unit as u on u.id = r.unit_id
left join api.site as i on i.id = u.site_id
where r.business_date = %(date)s
  and (%(unit_id)s::uuid is null or %(unit_id)s = any (u.ancestors))
group by r.business_date, i.code, u.code, u.name
order by i.code, u.code
