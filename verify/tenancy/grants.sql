-- Verify smartattend:tenancy/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_operator', 'tenancy.tenant', 'select'), 'the operator lists tenants';
  assert has_table_privilege('smartattend_session', 'tenancy.tenant', 'select'), 'the verifier reads the tenant';
  assert not has_table_privilege('smartattend_session', 'tenancy.tenant', 'insert, update, delete'), 'the verifier writes no tenant';
  assert not has_table_privilege('smartattend_operator', 'tenancy.site', 'select'), 'the operator reads no site';
end $$;

rollback;
