-- Verify smartattend:school/contradicted on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('school.contradicted(uuid[])'::regprocedure);

rollback;
