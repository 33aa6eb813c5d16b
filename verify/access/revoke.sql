-- Verify smartattend:access/revoke on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.revoke(uuid, text, timestamptz)'::regprocedure);

rollback;
