-- The mean times of each severity: MTTA, MTTM, MTTR, and how often the service level was met.
select
  s.severity,
  count(*) as episodes,
  date_trunc('second', avg(s.time_to_acknowledge))::text as mtta,
  date_trunc('second', avg(s.time_to_mitigate))::text as mttm,
  date_trunc('second', avg(s.time_to_resolve))::text as mttr,
  count(*) filter (where s.acknowledge_met is false or s.mitigate_met is false or s.resolve_met is false) as missed
from api.incident_sla as s
where s.began_at >= %(since)s or %(since)s::timestamptz is null
group by s.severity
order by s.severity
