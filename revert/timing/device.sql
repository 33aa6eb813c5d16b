-- Revert smartattend:timing/device from pg
begin;
set local role smartattend_owner;

drop trigger device_100_no_truncate on timing.device;
drop trigger device_100_kept on timing.device;
drop table timing.device;

commit;
