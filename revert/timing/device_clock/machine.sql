-- Revert smartattend:timing/device_clock/machine from pg
begin;
set local role smartattend_owner;

drop trigger device_clock_800_judge_transition on timing.device_clock;
delete from core.transition where machine = 'device_clock';
delete from core.state where machine = 'device_clock';
delete from core.machine where machine = 'device_clock';

commit;
