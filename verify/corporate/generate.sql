-- Verify smartattend:corporate/generate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('corporate.generate(date, date, uuid)'::regprocedure);

rollback;
