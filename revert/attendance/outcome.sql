-- Revert smartattend:attendance/outcome from pg
begin;
set local role smartattend_owner;

drop function attendance.outcome(attendance.event, text);
drop function attendance.detail(uuid, text, text, date, timestamptz, text);
drop function attendance.utc(timestamptz);

commit;
