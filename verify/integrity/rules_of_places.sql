-- Verify smartattend:integrity/rules_of_places on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.f03(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f06(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f07(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f08(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f31(integrity.reach)'::regprocedure);

rollback;
