-- Verify smartattend:ledger/evidence on pg
begin;
set local role smartattend_ledger;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'ledger.refusal', 'ledger.change', 'ledger.redaction'
  ])) = 3, 'evidence of ledger';
end $$;

rollback;
