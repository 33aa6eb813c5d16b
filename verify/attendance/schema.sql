-- Verify smartattend:attendance/schema on pg
begin;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'attendance') = 1, 'schema attendance is missing';
end $$;

rollback;
