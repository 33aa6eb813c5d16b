-- Verify smartattend:attendance/period/freeze on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.writers_in_flight()'::regprocedure);
select pg_get_functiondef('attendance.still_in_flight(xid[])'::regprocedure);
select pg_get_functiondef('attendance.freeze_period(attendance.period, text)'::regprocedure);

rollback;
