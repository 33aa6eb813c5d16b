-- Verify smartattend:attendance/store_marks on pg
begin;
set local role smartattend_owner;

select 'attendance.mark'::regtype;
select 'attendance.judged_mark'::regtype;
select pg_get_functiondef('attendance.judge_marks(text, attendance.mark[])'::regprocedure);
select pg_get_functiondef('attendance.store_marks(text, attendance.judged_mark[])'::regprocedure);
select pg_get_functiondef('attendance.mark_outcomes(attendance.judged_mark[])'::regprocedure);

rollback;
