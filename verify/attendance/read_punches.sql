-- Verify smartattend:attendance/read_punches on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.read_punches(jsonb)'::regprocedure);

rollback;
