-- How the scenarios of a run came out.
select s.scenario, s.verdict, s.steady_state, s.conditions, s.figures
from api.simulation_scenario as s
where s.run_id = %(run_id)s
order by s.recorded_at, s.scenario
