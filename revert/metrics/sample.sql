-- Revert smartattend:metrics/sample from pg
begin;
set local role smartattend_owner;

drop table metrics.sample;
drop function metrics.record(text, double precision, jsonb);
drop function metrics.drop_partitions(timestamptz);
drop function metrics.add_partition(date);
drop function metrics.guard_sample();

commit;
