-- Revert smartattend:attendance/register/close from pg
begin;
set local role smartattend_owner;

drop function attendance.close_registers();
drop index attendance.register_waits_to_be_closed;

commit;
