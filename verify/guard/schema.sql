-- Verify smartattend:guard/schema on pg
begin;

do $$
begin
  assert (select nspowner::regrole::text !~ '^smartattend_(owner|session|ledger)$' from pg_catalog.pg_namespace where nspname = 'guard'), 'schema guard belongs to the installer';
  assert has_schema_privilege('smartattend_ledger', 'guard', 'usage'), 'the ledger uses guard';
  assert not has_schema_privilege('smartattend_owner', 'guard', 'create'), 'the owner makes nothing in guard';
  assert not has_schema_privilege('smartattend_app', 'guard', 'usage'), 'the application does not use guard';
end $$;

rollback;
