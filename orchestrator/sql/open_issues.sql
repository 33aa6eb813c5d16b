-- The issues of the newest run of each command that came to a verdict.
select i.severity, r.command, i.title, i.action, i.run_id, i.recorded_at
from (
  select distinct on (n.command) n.id, n.command
  from api.simulation_run as n
  where n.state in ('held', 'broken', 'inconclusive')
  order by n.command, n.created_at desc
) as r
inner join api.simulation_issue as i on i.run_id = r.id
order by array_position('{critical,major,minor}', i.severity), i.run_id, i.ordinal
