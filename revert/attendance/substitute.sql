-- Revert smartattend:attendance/substitute from pg
begin;
set local role smartattend_owner;

drop function attendance.takes_register(uuid, uuid);
drop trigger substitute_100_no_truncate on attendance.substitute;
drop trigger substitute_100_kept on attendance.substitute;
drop table attendance.substitute;

commit;
