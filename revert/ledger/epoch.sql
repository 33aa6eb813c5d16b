-- Revert smartattend:ledger/epoch from pg
begin;
set local role smartattend_ledger;

drop function ledger.current_epoch();
drop table ledger.epoch;
drop function ledger.cluster_identity();

commit;
