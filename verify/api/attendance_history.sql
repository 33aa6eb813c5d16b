-- Verify smartattend:api/attendance_history on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.attendance_history(uuid, date, date, text)'::regprocedure);

rollback;
