-- Revert smartattend:ledger/schema from pg
begin;
set local role smartattend_ledger;

drop schema ledger;

commit;
