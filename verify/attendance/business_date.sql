-- Verify smartattend:attendance/business_date on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.business_date(timestamptz, text, interval)'::regprocedure);

rollback;
