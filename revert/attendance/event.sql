-- Revert smartattend:attendance/event from pg
begin;
set local role smartattend_owner;

drop view attendance.revision;
drop view attendance.punch;
drop trigger event_100_no_truncate on attendance.event;
drop trigger event_100_append_only on attendance.event;
drop table attendance.event;
drop type attendance.claim;

commit;
