-- Verify smartattend:school/apply_exceptions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('school.exception_sessions(date, date)'::regprocedure);
select pg_get_functiondef('school.apply_exceptions(date, date)'::regprocedure);

rollback;
