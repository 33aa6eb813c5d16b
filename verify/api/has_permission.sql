-- Verify smartattend:api/has_permission on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.has_permission(text, uuid, text)'::regprocedure);

rollback;
