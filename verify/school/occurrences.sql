-- Verify smartattend:school/occurrences on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('school.occurrences(date, date, uuid)'::regprocedure);

rollback;
