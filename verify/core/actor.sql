-- Verify smartattend:core/actor on pg
begin;
set local role smartattend_owner;

select 'core.actor'::regtype;
select pg_get_functiondef('core.actor()'::regprocedure);
select pg_get_functiondef('core.bound_tenant()'::regprocedure);
select pg_get_functiondef('core.bound_tenant(text)'::regprocedure);
select pg_get_functiondef('core.elapsed_us(core.actor)'::regprocedure);
select pg_get_functiondef('core.bind(text, boolean, boolean, boolean, boolean, boolean, boolean, core.actor)'::regprocedure);
select pg_get_functiondef('core.bind(uuid, text, core.actor)'::regprocedure);

rollback;
