-- Revert smartattend:ledger/begin_epoch from pg
begin;
set local role smartattend_ledger;

drop function ledger.begin_epoch(text);
drop function ledger.end_epoch(text);

commit;
