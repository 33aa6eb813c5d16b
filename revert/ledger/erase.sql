-- Revert smartattend:ledger/erase from pg
begin;
set local role smartattend_ledger;

drop function ledger.erase(uuid);
drop function ledger.outlives(regclass);

commit;
