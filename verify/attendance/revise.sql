-- Verify smartattend:attendance/revise on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.revise(attendance.record, text, uuid, bytea, text, text, text, text)'::regprocedure);

rollback;
