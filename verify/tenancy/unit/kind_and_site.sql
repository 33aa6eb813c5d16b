-- Verify smartattend:tenancy/unit/kind_and_site on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert exists (
    select from pg_catalog.pg_constraint where conrelid = 'tenancy.unit'::regclass and conname = 'kind_and_site_are_referenced'
  ), 'constraint kind_and_site_are_referenced';
end $$;

rollback;
