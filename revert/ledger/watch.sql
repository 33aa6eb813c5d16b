-- Revert smartattend:ledger/watch from pg
begin;
set local role smartattend_ledger;

drop function ledger.watch();

commit;
