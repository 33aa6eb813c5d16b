-- Revert smartattend:integrity/refusals from pg
begin;
set local role smartattend_ledger;

drop index ledger.refusal_xid;

commit;
