-- Open escalation events, with what all open ones of the person weigh together.
select
  'event' as what,
  e.id,
  m.member_number as member,
  m.display_name as name,
  sum(e.weight) over (partition by coalesce(e.user_id, e.id)) as score,
  e.rule,
  e.title,
  e.weight,
  a.display_name as actor,
  e.observed_at,
  e.evidence,
  e.actor_id,
  e.user_id
from api.escalation_event as e
left join api.member as m on m.user_id = e.user_id
left join api.member as a on a.user_id = e.actor_id
where e.state = 'open'
order by score desc, m.display_name, e.observed_at, e.id
