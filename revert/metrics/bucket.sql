-- Revert smartattend:metrics/bucket from pg
begin;
set local role smartattend_owner;

drop function metrics.wilson_lower(bigint, bigint, double precision);
drop function metrics.apdex(integer[], bigint[], bigint, double precision);
drop function metrics.percentile(integer[], bigint[], double precision);
drop function metrics.percentiles(integer[], bigint[], double precision[]);
drop function metrics.bucket_ms(integer);
drop function metrics.bucket(bigint);

commit;
