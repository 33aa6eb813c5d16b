-- Verify smartattend:attendance/correction_request/expire on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.expire_corrections(uuid)'::regprocedure);

rollback;
