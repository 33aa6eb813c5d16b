-- What an operator should know and do after a run.
select i.ordinal, i.kind, i.about, i.severity, i.title, i.meaning, i.action
from api.simulation_issue as i
where i.run_id = %(run_id)s
order by i.scenario, i.ordinal
