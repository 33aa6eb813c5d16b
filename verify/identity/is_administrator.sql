-- Verify smartattend:identity/is_administrator on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.is_administrator(uuid, uuid)'::regprocedure);

rollback;
