-- Verify smartattend:identity/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'identity') = 1, 'schema identity is missing';
end $$;

rollback;
