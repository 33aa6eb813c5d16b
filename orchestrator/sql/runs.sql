-- The last runs of the tenant, newest first.
select r.id, r.command, r.state, r.state_reason, r.seed, r.created_at, r.ended_at, r.issues, r.parameters, r.tool_version
from api.simulation_run as r
order by r.created_at desc
limit %(last)s
