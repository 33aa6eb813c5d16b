-- Verify smartattend:ledger/last_block on pg
begin;
set local role smartattend_ledger;

select pg_get_functiondef('ledger.last_block()'::regprocedure);
select pg_get_functiondef('ledger.verify_next(integer)'::regprocedure);

rollback;
