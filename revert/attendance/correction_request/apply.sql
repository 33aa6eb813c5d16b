-- Revert smartattend:attendance/correction_request/apply from pg
begin;
set local role smartattend_owner;

drop function attendance.apply_correction(attendance.correction_request, attendance.record);

commit;
