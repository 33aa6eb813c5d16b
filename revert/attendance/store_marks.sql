-- Revert smartattend:attendance/store_marks from pg
begin;
set local role smartattend_owner;

drop function attendance.mark_outcomes(attendance.judged_mark[]);
drop function attendance.store_marks(text, attendance.judged_mark[]);
drop function attendance.judge_marks(text, attendance.mark[]);
drop type attendance.judged_mark;
drop type attendance.mark;

commit;
