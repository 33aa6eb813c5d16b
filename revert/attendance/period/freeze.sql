-- Revert smartattend:attendance/period/freeze from pg
begin;
set local role smartattend_owner;

drop function attendance.freeze_period(attendance.period, text);
drop function attendance.still_in_flight(xid[]);
drop function attendance.writers_in_flight();

commit;
