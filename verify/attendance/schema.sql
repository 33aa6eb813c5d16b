-- Verify smartattend:attendance/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'attendance') = 1, 'schema attendance is missing';
end $$;

rollback;
