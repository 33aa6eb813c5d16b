-- Deploy smartattend:ledger/block to pg
begin;
set local role smartattend_ledger;

create table ledger.block (
  number bigint not null,
  epoch integer not null,
  horizon xid8,
  rows bigint not null,
  entries bigint not null,
  sealed_at timestamptz not null,
  root core.sha256 not null,
  fingerprint core.sha256,
  previous core.sha256,
  hash core.sha256 not null,
  constraint block_pkey primary key (number),
  constraint block_is_of_an_epoch foreign key (epoch) references ledger.epoch (epoch),
  constraint blocks_count_from_1 check (number > 0),
  constraint only_the_first_has_none_before check ((previous is null) = (number = 1)),
  constraint every_entry_has_rows check (rows >= entries and entries >= 0)
);
comment on table ledger.block is
  'The chain. A block covers the rows of its epoch from the horizon of the block before (0 for the first) up to its own, null for the last block of an epoch that was ended. Its hash is to be kept outside the database.';
comment on column ledger.block.fingerprint is 'The guard''s fingerprint of everything that enforces, when the block was sealed.';
create index block_epoch_horizon on ledger.block (epoch, horizon);

create table ledger.tree (
  tenant_id uuid not null,
  relation text not null,
  partition text not null,
  block bigint not null,
  form integer not null,
  rows bigint not null,
  total bigint not null,
  root core.sha256 not null,
  keys text[] not null,
  leaves bytea not null,
  constraint tree_pkey primary key (tenant_id, relation, partition, block),
  constraint tree_has_a_form foreign key (relation, form) references ledger.form (relation, form),
  constraint it_has_rows check (rows > 0 and total >= rows),
  constraint each_row_has_a_key_and_a_leaf check (cardinality(keys) = rows and octet_length(leaves) = 32 * rows)
);
comment on table ledger.tree is
  'The entries of blocks: the tree of the rows of one tenant in one relation and partition. total counts them over all blocks so far, so that a tenant sees that none of its entries was withheld. Leaf hashes and keys are kept so that damage is named to the row. The nil UUID is the tenant of rows without one.';
create index tree_block on ledger.tree (block);
create index tree_relation_form on ledger.tree (relation, form);

create table ledger.sealer (
  is_it boolean not null default true,
  verified_until bigint not null default 0,
  constraint sealer_pkey primary key (is_it),
  constraint there_is_one check (is_it)
);
comment on table ledger.sealer is
  'One row that the sealer locks: nobody else can, unlike an advisory lock. It remembers until which block the ledger was verified, a convenience that no check relies on.';
insert into ledger.sealer default values;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['block', 'tree'] loop
    execute format(
      'create trigger %1$s_100_append_only before update or delete on ledger.%1$I for each row execute function core.refuse_change(''outlives'')', v_table
    );
    execute format(
      'create trigger %1$s_100_no_truncate before truncate on ledger.%1$I for each statement execute function core.refuse_change(''outlives'')', v_table
    );
    execute format('alter table ledger.%1$I enable always trigger %1$s_100_append_only', v_table);
    execute format('alter table ledger.%1$I enable always trigger %1$s_100_no_truncate', v_table);
  end loop;
end $$;

alter table ledger.tree enable row level security;
alter table ledger.tree force row level security;
create policy ledger_keeps_every_tenants_trees on ledger.tree
for all to smartattend_ledger
using (true)
with check (true);

commit;
