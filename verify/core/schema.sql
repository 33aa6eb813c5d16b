-- Verify smartattend:core/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'core') = 1, 'schema core is missing';
end $$;

rollback;
