-- The registers of a date, with what is known of those on the roll.
select
  s.business_date as date, i.code as site, u.code as unit, s.name as session, s.starts_at, s.ends_at, g.state as register,
  count(r.subject_id) filter (where r.is_expected) as expected,
  count(r.subject_id) filter (where r.is_expected and r.record_id is not null) as recorded,
  count(r.subject_id) filter (where r.standing = 'not_taken') as not_taken,
  count(r.subject_id) filter (where not r.is_expected) as unscheduled,
  s.id as session_id, s.time_zone as zone
from api.session as s
inner join api.register as g on g.session_id = s.id
left join api.unit as u on u.id = s.unit_id
left join api.site as i on i.id = s.site_id
left join api.roll as r on r.session_id = s.id and r.business_date = s.business_date
where s.business_date = %(date)s
  and (%(unit_id)s::uuid is null or %(unit_id)s = any (u.ancestors))
group by s.business_date, i.code, u.code, s.name, s.starts_at, s.ends_at, g.state, s.id, s.time_zone
order by s.starts_at, i.code, u.code, s.id
