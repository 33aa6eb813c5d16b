-- Verify smartattend:integrity/rules_of_schedules on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.unscheduled(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f18(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f19(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f20(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f21(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f22(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f23(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f24(integrity.reach)'::regprocedure);

rollback;
