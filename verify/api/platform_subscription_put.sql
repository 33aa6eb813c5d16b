-- Verify smartattend:api/platform_subscription_put on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.platform_subscription_put(uuid, text, text, text, text, boolean, text)'::regprocedure);

rollback;
