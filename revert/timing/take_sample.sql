-- Revert smartattend:timing/take_sample from pg
begin;
set local role smartattend_owner;

drop function timing.take_sample(timing.clock_sample);

commit;
