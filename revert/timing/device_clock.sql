-- Revert smartattend:timing/device_clock from pg
begin;
set local role smartattend_owner;

drop trigger device_clock_transition_100_no_truncate on timing.device_clock_transition;
drop trigger device_clock_transition_100_append_only on timing.device_clock_transition;
drop trigger device_clock_100_no_truncate on timing.device_clock;
drop trigger device_clock_100_kept on timing.device_clock;
drop table timing.device_clock_transition;
drop table timing.device_clock;

commit;
