-- Revert smartattend:timing/clock_probe from pg
begin;
set local role smartattend_owner;

drop trigger clock_probe_100_no_truncate on timing.clock_probe;
drop trigger clock_probe_100_append_only on timing.clock_probe;
drop table timing.clock_probe;

commit;
