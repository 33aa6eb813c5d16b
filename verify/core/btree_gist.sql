-- Verify smartattend:core/btree_gist on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert exists (select from pg_catalog.pg_extension where extname = 'btree_gist'), 'extension btree_gist is missing';
end $$;

rollback;
