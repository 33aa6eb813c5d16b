-- Revert smartattend:ledger/refusal/readable from pg
begin;
set local role smartattend_ledger;

drop policy owner_reads_the_bound_tenant on ledger.refusal;
revoke select on ledger.refusal from smartattend_owner;

commit;
