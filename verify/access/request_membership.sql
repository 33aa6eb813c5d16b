-- Verify smartattend:access/request_membership on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.request_membership(text, text, text, text, text, text, text, text)'::regprocedure);

rollback;
