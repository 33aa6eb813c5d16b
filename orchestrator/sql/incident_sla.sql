-- The times of each episode, less pauses.
select
  s.number, s.episode, s.severity, s.source, s.began_at,
  date_trunc('second', s.time_to_acknowledge)::text as acknowledged,
  s.acknowledge_met,
  date_trunc('second', s.time_to_mitigate)::text as mitigated,
  s.mitigate_met,
  date_trunc('second', s.time_to_resolve)::text as resolved,
  s.resolve_met
from api.incident_sla as s
where s.began_at >= %(since)s or %(since)s::timestamptz is null
order by s.number, s.episode
