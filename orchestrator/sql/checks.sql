-- What the database judged about a run, worst first.
select k.judgement, k.title, k.severity, k.verdict, k.items, k.violations, k.expected, k.observed, k.witness, k.query, k.meaning, k.action
from api.simulation_check as k
where k.run_id = %(run_id)s
order by
  array_position('{broken,inconclusive,held}', k.verdict),
  array_position('{critical,major,minor}', k.severity),
  k.judgement
