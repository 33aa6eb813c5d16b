-- Verify smartattend:corporate/schema on pg
begin;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'corporate') = 1, 'schema corporate is missing';
end $$;

rollback;
