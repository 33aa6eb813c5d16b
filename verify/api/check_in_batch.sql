-- Verify smartattend:api/check_in_batch on pg
begin;
set local role smartattend_owner;

select 'attendance.simple_punch'::regtype;
select pg_get_functiondef('attendance.simple_punches(jsonb)'::regprocedure);
select pg_get_functiondef('attendance.capture_simple(jsonb)'::regprocedure);
select pg_get_functiondef('api.check_in_batch(jsonb, text)'::regprocedure);

rollback;
