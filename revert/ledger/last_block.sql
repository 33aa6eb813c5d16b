-- Revert smartattend:ledger/last_block from pg
begin;
set local role smartattend_ledger;

drop function ledger.verify_next(integer);
drop function ledger.last_block();

commit;
