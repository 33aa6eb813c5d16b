-- Verify smartattend:school/generate on pg
begin;

select pg_get_functiondef('school.generate(date, date, uuid)'::regprocedure);

rollback;
