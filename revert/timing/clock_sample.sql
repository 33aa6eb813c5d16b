-- Revert smartattend:timing/clock_sample from pg
begin;
set local role smartattend_owner;

drop trigger clock_sample_100_no_truncate on timing.clock_sample;
drop trigger clock_sample_100_append_only on timing.clock_sample;
drop table timing.clock_sample;

commit;
