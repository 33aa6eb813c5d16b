-- Verify smartattend:core/read_entries on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.fault(text, text, text, text)'::regprocedure);
select pg_get_functiondef('core.read_entries(text, jsonb)'::regprocedure);
select pg_get_functiondef('core.put_change(jsonb, bigint, boolean, boolean, boolean)'::regprocedure);
select pg_get_functiondef('core.put_outcome(integer, text, text, jsonb, uuid)'::regprocedure);

rollback;
