-- Verify smartattend:api/attendance_finalize on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.attendance_finalize(uuid, text)'::regprocedure);

rollback;
