-- Verify smartattend:attendance/plan_sessions on pg
begin;
set local role smartattend_owner;

select 'attendance.planned_session'::regtype;
select 'attendance.planned_slot'::regtype;
select pg_get_functiondef('attendance.plan_sessions(text, date, date, uuid, attendance.planned_session[])'::regprocedure);
select pg_get_functiondef('attendance.session_window(attendance.planned_session, text, tenancy.setting)'::regprocedure);

rollback;
