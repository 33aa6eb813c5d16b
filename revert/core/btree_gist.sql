-- Revert smartattend:core/btree_gist from pg
begin;
set local role smartattend_owner;

-- Drops the extension only when it lies in our schema: one that the server had already is not ours.
do $$
begin
  if exists (
    select from pg_catalog.pg_extension
    where extname = 'btree_gist' and extnamespace = 'core'::regnamespace
  ) then
    drop extension btree_gist;
  end if;
end $$;

commit;
