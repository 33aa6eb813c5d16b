-- Verify smartattend:attendance/outcome on pg
begin;

select pg_get_functiondef('attendance.utc(timestamptz)'::regprocedure);
select pg_get_functiondef('attendance.detail(uuid, text, text, date, timestamptz, text)'::regprocedure);
select pg_get_functiondef('attendance.outcome(attendance.event, text)'::regprocedure);

rollback;
