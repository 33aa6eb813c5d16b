-- Verify smartattend:attendance/cancel_sessions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.cancel_sessions(uuid[], text, text)'::regprocedure);

rollback;
