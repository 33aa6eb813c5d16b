-- Verify smartattend:school/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'school') = 1, 'schema school is missing';
end $$;

rollback;
