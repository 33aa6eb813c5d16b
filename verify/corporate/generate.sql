-- Verify smartattend:corporate/generate on pg
begin;

select pg_get_functiondef('corporate.generate(date, date, uuid)'::regprocedure);

rollback;
