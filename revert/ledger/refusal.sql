-- Revert smartattend:ledger/refusal from pg
begin;
set local role smartattend_ledger;

drop trigger refusal_100_no_truncate on ledger.refusal;
drop trigger refusal_100_append_only on ledger.refusal;
drop table ledger.refusal;

commit;
