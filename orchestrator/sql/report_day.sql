-- Who was expected on a date and what became of it, and who came besides.
select
  r.business_date as date, i.code as site, u.code as unit, s.name as session, s.starts_at, s.ends_at, m.member_number as member,
  m.display_name as name, r.is_expected as expected, r.standing, r.code, r.state, r.in_at, r.out_at, r.subject_id, r.session_id, r.record_id, r.revision,
  coalesce(s.time_zone, i.time_zone, t.time_zone) as zone
from api.roll as r
cross join api.tenant as t
left join api.unit as u on u.id = r.unit_id
left join api.site as i on i.id = u.site_id
left join api.session as s on s.id = r.session_id
left join api.member as m on m.user_id = r.subject_id
where r.business_date = %(date)s
  and (%(unit_id)s::uuid is null or %(unit_id)s = any (u.ancestors))
  and (%(standings)s::text[] is null or r.standing = any (%(standings)s))
order by i.code, u.code, s.starts_at, s.id, m.display_name, m.member_number, r.in_at
