-- Revert smartattend:ledger/evidence from pg
begin;
set local role smartattend_ledger;

select ledger.remove_history('ledger.redaction');
select ledger.remove_history('ledger.change');
select ledger.remove_history('ledger.refusal');

commit;
