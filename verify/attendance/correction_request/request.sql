-- Verify smartattend:attendance/correction_request/request on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.correction_window_is_over(attendance.record)'::regprocedure);
select pg_get_functiondef('attendance.check_correction(text, text, text, timestamptz, timestamptz, text[], text)'::regprocedure);
select pg_get_functiondef('attendance.request_correction(text, uuid, uuid, text, text, integer, text, timestamptz, timestamptz, text[], text, integer)'::regprocedure);

rollback;
