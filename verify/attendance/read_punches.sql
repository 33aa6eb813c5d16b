-- Verify smartattend:attendance/read_punches on pg
begin;

select pg_get_functiondef('attendance.read_punches(jsonb)'::regprocedure);

rollback;
