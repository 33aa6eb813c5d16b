-- Every revision of a person's records that was known at an instant.
select
  h.business_date as date, i.code as site, u.code as unit, s.name as session, h.state, h.code, h.in_at, h.out_at, h.revision, h.kind,
  h.reason_code, h.reason, b.member_number as by, h.recorded_at, h.session_id, h.record_id, r.replaces_id,
  coalesce(s.time_zone, i.time_zone, t.time_zone) as zone
from api.attendance_history(subject_id => %(subject_id)s, from_date => %(from_date)s, to_date => %(until_date)s) as h
cross join api.tenant as t
left join api.attendance as r on r.id = h.record_id
left join api.unit as u on u.id = r.unit_id
left join api.site as i on i.id = u.site_id
left join api.session as s on s.id = h.session_id
left join api.member as b on b.user_id = h.actor_id
where h.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
order by h.business_date, coalesce(s.starts_at, r.accounted_at), h.record_id, h.revision
