-- A person's records as they are, or as they were known at an instant.
select
  a.business_date as date, i.code as site, u.code as unit, s.name as session, a.state, a.code, a.in_at, a.out_at, a.revision, a.kind,
  a.reason_code, a.reason, b.member_number as by, a.recorded_at, a.session_id, a.record_id, r.replaces_id,
  coalesce(s.time_zone, i.time_zone, t.time_zone) as zone
from api.attendance_as_of(
  subject_id => %(subject_id)s, from_date => %(from_date)s, until_date => %(until_date)s, known_at => %(known_at)s
) as a
cross join api.tenant as t
left join api.attendance as r on r.id = a.record_id
left join api.unit as u on u.id = a.unit_id
left join api.site as i on i.id = u.site_id
left join api.session as s on s.id = a.session_id
left join api.member as b on b.user_id = a.actor_id
order by a.business_date, coalesce(s.starts_at, a.in_at, a.recorded_at), a.record_id
