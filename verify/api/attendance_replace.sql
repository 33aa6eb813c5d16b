-- Verify smartattend:api/attendance_replace on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.attendance_replace(uuid, uuid, text, text, timestamptz, timestamptz, text)'::regprocedure);

rollback;
