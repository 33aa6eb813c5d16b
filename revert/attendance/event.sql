-- Revert smartattend:attendance/event from pg
begin;
set local role smartattend_owner;

drop view attendance.revision;
drop view attendance.punch;
drop trigger event_100_no_truncate on attendance.event;
drop trigger event_100_append_only on attendance.event;
alter table attendance.event drop constraint every_kind_carries_what_it_needs;
drop function attendance.is_whole(attendance.event);
drop table attendance.event;
drop type attendance.claim;
drop domain attendance.time_basis;
drop domain attendance.record_state;
drop domain attendance.event_kind;

commit;
