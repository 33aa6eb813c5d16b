-- Verify smartattend:attendance/finalize on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.unfinalized(timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('attendance.finalize(timestamptz)'::regprocedure);
select pg_get_functiondef('attendance.has_record(attendance.expectation)'::regprocedure);

rollback;
