-- Revert smartattend:attendance/correction_request/request from pg
begin;
set local role smartattend_owner;

drop function attendance.request_correction(text, uuid, uuid, text, text, integer, text, timestamptz, timestamptz, text[], text, integer);
drop function attendance.check_correction(text, text, text, timestamptz, timestamptz, text[], text);
drop function attendance.correction_window_is_over(attendance.record);

commit;
