-- Verify smartattend:api/setting_put on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.setting_put(uuid, jsonb, text, text)'::regprocedure);
select * from api.setting where false;

rollback;
