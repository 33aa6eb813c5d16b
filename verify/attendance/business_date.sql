-- Verify smartattend:attendance/business_date on pg
begin;

select pg_get_functiondef('attendance.business_date(timestamptz, text, interval)'::regprocedure);

rollback;
