-- Revert smartattend:ledger/schema from pg
begin;

drop schema ledger;

commit;
