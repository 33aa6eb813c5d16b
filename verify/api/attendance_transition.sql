-- Verify smartattend:api/attendance_transition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.attendance_transition(uuid, uuid, text, text, integer, text)'::regprocedure);

rollback;
