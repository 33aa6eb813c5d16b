-- Verify smartattend:integrity/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'integrity') = 1, 'schema integrity is missing';
end $$;

rollback;
