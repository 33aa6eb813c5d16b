-- Verify smartattend:core/text_rules on pg
begin;
set local role smartattend_owner;

select 'core.sha256'::regtype;
select pg_get_functiondef('core.bytes(text)'::regprocedure);
select pg_get_functiondef('core.is_code(text)'::regprocedure);
select pg_get_functiondef('core.is_name(text)'::regprocedure);
select pg_get_functiondef('core.is_reason(text)'::regprocedure);
select pg_get_functiondef('core.is_time_zone(text)'::regprocedure);

rollback;
