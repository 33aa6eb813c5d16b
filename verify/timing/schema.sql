-- Verify smartattend:timing/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'timing') = 1, 'schema timing is missing';
end $$;

rollback;
