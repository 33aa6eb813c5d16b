-- Verify smartattend:api/support_access_review on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.support_access_review(uuid, uuid, text, text, text)'::regprocedure);

rollback;
