-- Verify smartattend:integrity/rules_of_keys on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.refused(integrity.reach, text)'::regprocedure);
select pg_get_functiondef('integrity.f01(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f02(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f25(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f30(integrity.reach)'::regprocedure);

rollback;
