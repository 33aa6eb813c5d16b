-- The roll of a session: who was expected, who came besides, what is known of each, and who said what.
select
  s.business_date as date, k.member_number as member, k.display_name as name, k.is_expected as expected, k.is_required as required, r.standing, k.teacher_code, k.office_code,
  k.code, k.prefilled_code, k.prefilled_by, k.state, k.in_at, k.out_at, k.subject_id, k.record_id, k.revision, s.time_zone as zone
from api.register_marks(session_id => %(session_id)s) as k
left join api.session as s on s.id = %(session_id)s
left join api.roll as r on r.session_id = %(session_id)s and r.subject_id = k.subject_id
order by k.display_name, k.member_number
