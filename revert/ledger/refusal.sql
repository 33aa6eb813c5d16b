-- Revert smartattend:ledger/refusal from pg
begin;
set local role smartattend_ledger;

drop table ledger.refusal;

commit;
