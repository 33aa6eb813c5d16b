-- Verify smartattend:school/generate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('school.generate(date, date, uuid)'::regprocedure);

rollback;
