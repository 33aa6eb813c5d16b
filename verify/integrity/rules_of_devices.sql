-- Verify smartattend:integrity/rules_of_devices on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.is_flagged(text, uuid)'::regprocedure);
select pg_get_functiondef('integrity.spoken(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f04(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f05(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.first_of_boot(uuid, uuid)'::regprocedure);
select pg_get_functiondef('integrity.f10(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.numbered(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f13(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f14(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f15(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f16(integrity.reach)'::regprocedure);

rollback;
