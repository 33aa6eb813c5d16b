-- Revert smartattend:attendance/period_adjustment from pg
begin;
set local role smartattend_owner;

drop function attendance.adjust(attendance.record, attendance.event);
drop trigger period_adjustment_700_leads_into_an_open_period on attendance.period_adjustment;
drop function attendance.judge_adjustment();
drop trigger period_adjustment_100_no_truncate on attendance.period_adjustment;
drop trigger period_adjustment_100_append_only on attendance.period_adjustment;
drop table attendance.period_adjustment;

commit;
