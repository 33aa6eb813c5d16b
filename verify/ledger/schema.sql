-- Verify smartattend:ledger/schema on pg
begin;
set local role smartattend_ledger;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'ledger') = 1, 'schema ledger is missing';
end $$;

rollback;
