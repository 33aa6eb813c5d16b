-- Verify smartattend:ledger/block on pg
begin;
set local role smartattend_ledger;

select
  number,
  epoch,
  horizon,
  rows,
  entries,
  sealed_at,
  root,
  fingerprint,
  previous,
  hash
from ledger.block
where false;

select
  tenant_id,
  relation,
  partition,
  block,
  form,
  rows,
  total,
  root,
  keys,
  leaves
from ledger.tree
where false;

select
  is_it,
  verified_until
from ledger.sealer
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.block'::regclass and tgname = 'block_100_append_only') = 'A', 'block_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.block'::regclass and tgname = 'block_100_no_truncate') = 'A', 'block_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.tree'::regclass and tgname = 'tree_100_append_only') = 'A', 'tree_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.tree'::regclass and tgname = 'tree_100_no_truncate') = 'A', 'tree_100_no_truncate';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'ledger.tree'::regclass), 'row level security of ledger.tree';
  assert (select count(*) from ledger.sealer) = 1, 'the sealer''s row';
end $$;

rollback;
