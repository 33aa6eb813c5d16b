-- Verify smartattend:ledger/refusal/readable on pg
begin;
set local role smartattend_ledger;

do $$
begin
  assert has_table_privilege('smartattend_owner', 'ledger.refusal', 'select'), 'smartattend_owner reads ledger.refusal';
  assert not has_table_privilege('smartattend_owner', 'ledger.refusal', 'insert, update, delete, truncate'), 'smartattend_owner writes nothing to ledger.refusal';
  assert (select cardinality(polroles) = 1 and polcmd = 'r' from pg_catalog.pg_policy where polrelid = 'ledger.refusal'::regclass and polname = 'owner_reads_the_bound_tenant'), 'policy owner_reads_the_bound_tenant on ledger.refusal';
end $$;

rollback;
