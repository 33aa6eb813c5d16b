-- Verify smartattend:api/attendance_as_of on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.attendance_as_of(uuid, date, date, timestamptz, text)'::regprocedure);

rollback;
