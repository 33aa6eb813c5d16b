-- Revert smartattend:ledger/sealed_at from pg
begin;
set local role smartattend_ledger;

drop function ledger.sealed_at();

commit;
