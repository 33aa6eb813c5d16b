-- Revert smartattend:attendance/code from pg
begin;
set local role smartattend_owner;

drop function attendance.default_codes(uuid);
drop table attendance.code;
drop table attendance.category;

commit;
