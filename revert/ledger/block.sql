-- Revert smartattend:ledger/block from pg
begin;
set local role smartattend_ledger;

drop table ledger.sealer;
drop table ledger.tree;
drop table ledger.block;

commit;
