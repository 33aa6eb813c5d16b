-- Verify smartattend:core/outcome on pg
begin;
set local role smartattend_owner;

select 'core.outcome'::regtype;
select 'core.batch_outcome'::regtype;
select pg_get_functiondef('core.accepted(uuid, integer, jsonb)'::regprocedure);
select pg_get_functiondef('core.replayed(uuid, integer, jsonb)'::regprocedure);
select pg_get_functiondef('core.refused(text, jsonb)'::regprocedure);
select pg_get_functiondef('core.fail(text, text, text, text)'::regprocedure);
select pg_get_functiondef('core.caught(text, text)'::regprocedure);

rollback;
