-- Verify smartattend:attendance/correction_request/decide on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.decide_correction(text, uuid, uuid, text, text)'::regprocedure);

rollback;
