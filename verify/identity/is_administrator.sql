-- Verify smartattend:identity/is_administrator on pg
begin;

select pg_get_functiondef('identity.is_administrator(uuid, uuid)'::regprocedure);

rollback;
