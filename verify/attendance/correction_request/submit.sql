-- Verify smartattend:attendance/correction_request/submit on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.submit_correction(attendance.record, text, boolean, text, timestamptz, timestamptz, text, uuid, text[], integer, uuid)'::regprocedure);

rollback;
