-- Revert smartattend:attendance/correction_request/submit from pg
begin;
set local role smartattend_owner;

drop function attendance.submit_correction(attendance.record, text, boolean, text, timestamptz, timestamptz, text, uuid, text[], integer, uuid);

commit;
