-- Verify smartattend:identity/begin_put on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.begin_put(text, text)'::regprocedure);
select pg_get_functiondef('identity.scope_fault(text)'::regprocedure);
select pg_get_functiondef('identity.finish_put(text, core.batch_outcome[])'::regprocedure);

rollback;
