-- Revert smartattend:attendance/cancel_sessions from pg
begin;
set local role smartattend_owner;

drop function attendance.cancel_sessions(uuid[], text, text);

commit;
