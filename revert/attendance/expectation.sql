-- Revert smartattend:attendance/expectation from pg
begin;
set local role smartattend_owner;

drop function attendance.cover(uuid[], timestamptz[], timestamptz[]);
drop table attendance.expectation;

commit;
