-- Verify smartattend:core/instant on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.instant(text)'::regprocedure);
select pg_get_functiondef('core.moment(text, text, text)'::regprocedure);
select pg_get_functiondef('core.uuid(text)'::regprocedure);

rollback;
