-- Revert smartattend:attendance/correction_request/decide from pg
begin;
set local role smartattend_owner;

drop function attendance.decide_correction(text, uuid, uuid, text, text);

commit;
