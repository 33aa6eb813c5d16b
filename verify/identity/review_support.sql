-- Verify smartattend:identity/review_support on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.review_support(uuid, uuid, text, text)'::regprocedure);

rollback;
