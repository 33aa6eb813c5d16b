-- Verify smartattend:integrity/rules_of_people on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.f26(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f27(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.marked_sessions(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.read_rolls(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f28(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f29(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.f32(integrity.reach)'::regprocedure);

rollback;
