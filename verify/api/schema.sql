-- Verify smartattend:api/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'api') = 1, 'schema api is missing';
end $$;

rollback;
