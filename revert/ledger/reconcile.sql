-- Revert smartattend:ledger/reconcile from pg
begin;
set local role smartattend_ledger;

drop function ledger.reconcile(text);
drop function ledger.captured();

commit;
