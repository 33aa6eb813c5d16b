-- Deploy smartattend:ledger/evidence to pg
begin;
set local role smartattend_ledger;

select ledger.add_history('ledger.refusal');
select ledger.add_history('ledger.change');
select ledger.add_history('ledger.redaction');

commit;
