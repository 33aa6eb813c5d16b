-- Verify smartattend:identity/begin_put on pg
begin;

select pg_get_functiondef('identity.begin_put(text, text)'::regprocedure);
select pg_get_functiondef('identity.scope_fault(text)'::regprocedure);
select pg_get_functiondef('identity.finish_put(text, core.batch_outcome[])'::regprocedure);

rollback;
