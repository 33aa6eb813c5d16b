-- Revert smartattend:attendance/period from pg
begin;
set local role smartattend_owner;

drop function attendance.period_at(timestamptz);
drop trigger period_transition_100_no_truncate on attendance.period_transition;
drop trigger period_transition_100_append_only on attendance.period_transition;
drop trigger period_800_judge_transition on attendance.period;
drop trigger period_100_bounds_stay on attendance.period;
drop trigger period_100_no_truncate on attendance.period;
drop trigger period_100_kept on attendance.period;
drop function attendance.refuse_move();
drop table attendance.period_transition;
drop table attendance.period;
delete from core.transition where machine = 'period';
delete from core.state where machine = 'period';
delete from core.machine where machine = 'period';

commit;
