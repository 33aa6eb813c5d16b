-- Verify smartattend:tenancy/unit on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  site_id,
  parent_id,
  kind,
  code,
  name,
  ancestors,
  created_at
from tenancy.unit
where false;
select pg_get_functiondef('tenancy.derive_ancestors()'::regprocedure);
select pg_get_functiondef('tenancy.make_root_unit()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'tenancy.unit'::regclass and tgname = 'unit_500_derive_ancestors') = 'O', 'unit_500_derive_ancestors';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'tenancy.site'::regclass and tgname = 'site_500_make_root_unit') = 'O', 'site_500_make_root_unit';
  assert to_regclass('tenancy.a_site_has_one_root') is not null, 'index a_site_has_one_root';
  assert to_regclass('tenancy.unit_parent') is not null, 'index unit_parent';
end $$;

rollback;
