-- Verify smartattend:core/local_instant on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.local_instant(timestamp, text, text)'::regprocedure);

rollback;
