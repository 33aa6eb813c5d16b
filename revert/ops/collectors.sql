-- Revert smartattend:ops/collectors from pg
begin;
set local role smartattend_owner;

delete from metrics.collector where function like 'ops.%';
drop function ops.job_lag(timestamptz);
drop function ops.missed_promises(timestamptz);
drop function ops.open_incidents(timestamptz);

commit;
