-- Verify smartattend:tenancy/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'tenancy.tenant_transition', 'tenancy.tenant', 'tenancy.site', 'tenancy.unit', 'tenancy.setting',
    'tenancy.gate', 'tenancy.approval', 'tenancy.export_receipt', 'tenancy.tombstone', 'tenancy.legal_hold', 'core.erasure'
  ])) = 11, 'evidence of tenancy';
end $$;

rollback;
