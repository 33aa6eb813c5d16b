-- Revert smartattend:attendance/period/lock from pg
begin;
set local role smartattend_owner;

drop trigger period_500_keep_closed_until on attendance.period;
drop function attendance.keep_closed_until();
drop trigger record_700_its_period_stays on attendance.record;
drop trigger record_700_period_is_open on attendance.record;
drop function attendance.judge_period();
drop function attendance.judge_shut_period(attendance.record);

commit;
