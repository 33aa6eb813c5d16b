-- Requests that wait: for approval, with who may give it, or for their start.
select
  case when q.state = 'requested' then 'request' else 'start' end as what,
  q.id,
  m.member_number as member,
  m.display_name as name,
  q.role,
  coalesce(s.code || '/' || u.code, 'the whole tenant') as scope,
  b.display_name as requested_by,
  q.reason,
  q.ticket,
  q.starts_at,
  nullif(q.ends_at, 'infinity') as ends_at,
  (select count(*) from api.role_approval as a where a.request_id = q.id and a.verdict = 'approve') as approvals,
  q.min_approvals as needed,
  case when q.state = 'requested' then array(
    select a.display_name from api.role_approvers(q.id) as a where not a.has_decided
  ) end as approvers,
  q.lapses_at
from api.role_request as q
left join api.member as m on m.user_id = q.beneficiary_id
left join api.member as b on b.user_id = q.requested_by
left join api.unit as u on u.id = q.unit_id
left join api.site as s on s.id = u.site_id
where q.state in ('requested', 'approved')
order by what, q.lapses_at, q.id
