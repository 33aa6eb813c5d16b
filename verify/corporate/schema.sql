-- Verify smartattend:corporate/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from pg_catalog.pg_namespace where nspname = 'corporate') = 1, 'schema corporate is missing';
end $$;

rollback;
