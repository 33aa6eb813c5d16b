-- Revert smartattend:attendance/session from pg
begin;
set local role smartattend_owner;

drop table attendance.session;

commit;
