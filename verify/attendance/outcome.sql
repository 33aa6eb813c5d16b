-- Verify smartattend:attendance/outcome on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.utc(timestamptz)'::regprocedure);
select pg_get_functiondef('attendance.detail(uuid, text, text, date, timestamptz, text)'::regprocedure);
select pg_get_functiondef('attendance.outcome(attendance.event, text)'::regprocedure);

rollback;
