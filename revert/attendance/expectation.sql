-- Revert smartattend:attendance/expectation from pg
begin;
set local role smartattend_owner;

drop table attendance.expectation;

commit;
