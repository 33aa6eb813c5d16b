-- Verify smartattend:tenancy/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'tenancy') = 1, 'schema tenancy is missing';
end $$;

rollback;
