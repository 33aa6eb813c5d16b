-- Revert smartattend:attendance/correction_request/expire from pg
begin;
set local role smartattend_owner;

drop function attendance.expire_corrections(uuid);

commit;
