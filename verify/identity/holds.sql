-- Verify smartattend:identity/holds on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.holds(text, uuid)'::regprocedure);
select pg_get_functiondef('identity.require(text, uuid)'::regprocedure);

rollback;
