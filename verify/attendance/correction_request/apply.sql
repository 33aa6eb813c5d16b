-- Verify smartattend:attendance/correction_request/apply on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.apply_correction(attendance.correction_request, attendance.record)'::regprocedure);

rollback;
