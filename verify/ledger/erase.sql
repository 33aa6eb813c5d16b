-- Verify smartattend:ledger/erase on pg
begin;
set local role smartattend_ledger;

select
  pg_get_functiondef('ledger.outlives(regclass)'::regprocedure),
  pg_get_functiondef('ledger.erase(uuid)'::regprocedure);

do $$
begin
  assert has_function_privilege('smartattend_owner', 'ledger.erase(uuid)', 'execute'), 'the owner has a tenant erased';
  assert not has_function_privilege('smartattend_app', 'ledger.erase(uuid)', 'execute'), 'the application has none erased';
  assert ledger.outlives('ledger.tree'), 'trees outlive their tenant';
  assert not ledger.outlives('ledger.refusal'), 'refusals do not';
end $$;

rollback;
