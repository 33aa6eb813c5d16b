-- Revert smartattend:timing/device/ends_sessions from pg
begin;
set local role smartattend_owner;

drop trigger device_900_end_sessions on timing.device;
drop function timing.end_sessions_of_device();

commit;
