-- Revert smartattend:metrics/performance from pg
begin;
set local role smartattend_owner;

drop function metrics.slo_burn(timestamptz);
drop function metrics.error_rate(timestamptz, timestamptz);
drop function metrics.request_performance(timestamptz, timestamptz);
drop function metrics.objective_of(text);

commit;
