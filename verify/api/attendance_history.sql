-- Verify smartattend:api/attendance_history on pg
begin;

select pg_get_functiondef('api.attendance_history(uuid, date, date, text)'::regprocedure);

rollback;
