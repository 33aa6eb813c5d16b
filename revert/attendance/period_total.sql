-- Revert smartattend:attendance/period_total from pg
begin;
set local role smartattend_owner;

drop function attendance.tally(text, text, uuid, timestamptz, timestamptz, timestamptz);
drop trigger period_total_700_period_is_closing on attendance.period_total;
drop function attendance.judge_total();
drop trigger period_total_100_no_truncate on attendance.period_total;
drop trigger period_total_100_append_only on attendance.period_total;
drop table attendance.period_total;

commit;
