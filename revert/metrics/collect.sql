-- Revert smartattend:metrics/collect from pg
begin;
set local role smartattend_owner;

drop function metrics.collect(timestamptz);
delete from metrics.collector where function like 'metrics.%';
drop function metrics.dead_tuples(timestamptz);
drop function metrics.oldest_transaction(timestamptz);
drop function metrics.connections_used(timestamptz);
drop function metrics.seal_age(timestamptz);
drop function metrics.active_tenants(timestamptz);
drop function metrics.overdue_revalidations(timestamptz);
drop function metrics.open_escalations(timestamptz);
drop function metrics.open_corrections(timestamptz);
drop function metrics.open_flags(timestamptz);
drop function metrics.request_errors(timestamptz);
drop function metrics.function_latency(timestamptz);
drop function metrics.request_latency(timestamptz);
drop function metrics.clock_drift(timestamptz);

commit;
