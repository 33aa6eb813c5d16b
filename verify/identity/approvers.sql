-- Verify smartattend:identity/approvers on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.approvers(uuid, uuid, text, text, timestamptz)'::regprocedure);

rollback;
