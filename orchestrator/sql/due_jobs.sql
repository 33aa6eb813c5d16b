-- The jobs that are due now, with what a call of each may take.
select d.job, extract(epoch from j.time_out)::double precision as time_out
from ops.due_jobs() with ordinality as d (job, scope, call, runs_as, position)
inner join ops.job as j on j.job = d.job
order by d.position
