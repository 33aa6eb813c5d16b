-- Revert smartattend:timing/estimate from pg
begin;
set local role smartattend_owner;

drop function timing.estimate(uuid, uuid, bigint, bigint, timestamptz, timestamptz);
drop function timing.bracket(uuid, uuid, uuid, bigint, timestamptz, timestamptz);
drop function timing.read_clocks(uuid, uuid, uuid, bigint, timestamptz, double precision);
drop function timing.microseconds(interval);
drop type timing.reading;
drop type timing.estimate;

commit;
