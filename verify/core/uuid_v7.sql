-- Verify smartattend:core/uuid_v7 on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.uuid_v7()'::regprocedure);
select pg_get_functiondef('core.derived_key(uuid, text)'::regprocedure);

rollback;
