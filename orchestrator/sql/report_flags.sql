-- Flags with their evidence and age, what blocks first.
select
  f.rule, f.name, f.severity, f.is_blocking as blocking, f.state, f.raised_at, (extract(epoch from core.clock() - f.raised_at))::bigint as age_s,
  m.member_number as member, i.code as site, u.code as unit, s.name as session, f.observed, f.expected, f.state_reason as reason, f.about_kind, f.about,
  f.subject_id, f.record_id, f.id as flag_id, coalesce(s.time_zone, i.time_zone, t.time_zone) as zone
from api.flag as f
cross join api.tenant as t
left join api.member as m on m.user_id = f.subject_id
left join api.unit as u on u.id = f.unit_id
left join api.site as i on i.id = u.site_id
left join api.session as s on s.id = f.session_id
where (%(states)s::text[] is null or f.state = any (%(states)s))
  and (%(rules)s::text[] is null or f.rule = any (%(rules)s))
  and (%(unit_id)s::uuid is null or %(unit_id)s = any (u.ancestors))
  and (not %(blocking)s or f.is_blocking)
order by f.is_blocking desc, pg_catalog.array_position(array['high', 'med', 'low', 'info'], f.severity), f.raised_at, f.id
