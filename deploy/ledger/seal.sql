-- Deploy smartattend:ledger/seal to pg
begin;
set local role smartattend_ledger;

create function ledger.entry_leaf(tree ledger.tree)
returns bytea
language sql
immutable
as $$
  select ledger.merkle_leaf(
    ledger.frame('smartattend tree 1'::bytea) || ledger.frame(uuid_send((entry_leaf.tree).tenant_id))
    || ledger.frame(core.bytes((entry_leaf.tree).relation)) || ledger.frame(core.bytes((entry_leaf.tree).partition))
    || ledger.frame(int4send((entry_leaf.tree).form)) || ledger.frame(int8send((entry_leaf.tree).rows))
    || ledger.frame(int8send((entry_leaf.tree).total)) || ledger.frame((entry_leaf.tree).root)
  )
$$;
comment on function ledger.entry_leaf(ledger.tree) is 'The leaf of a tree''s entry in its block (docs/ledger.md).';

create function ledger.entries(block bigint)
returns table (leaves bytea, entries bigint, rows bigint)
language sql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
  select
    coalesce(string_agg(ledger.entry_leaf(t), ''::bytea order by t.tenant_id, t.relation collate "C", t.partition collate "C"), ''),
    count(*),
    coalesce(sum(t.rows), 0)::bigint
  from ledger.tree as t
  where t.block = entries.block
$$;
comment on function ledger.entries(bigint) is 'The leaves of a block''s own tree, their number and that of the rows beneath.';

create function ledger.block_hash(block ledger.block)
returns bytea
language sql
immutable
as $$
  select sha256(
    ledger.frame('smartattend block 1'::bytea) || ledger.frame(int8send((block_hash.block).number))
    || ledger.frame(int4send((block_hash.block).epoch)) || ledger.frame(xid8send((block_hash.block).horizon))
    || ledger.frame(int8send((block_hash.block).rows)) || ledger.frame(int8send((block_hash.block).entries))
    || ledger.frame(timestamptz_send((block_hash.block).sealed_at)) || ledger.frame((block_hash.block).root)
    || ledger.frame((block_hash.block).fingerprint) || ledger.frame((block_hash.block).previous)
  )
$$;
comment on function ledger.block_hash(ledger.block) is 'The hash of a block over everything else in it (docs/ledger.md).';

create function ledger.renew_forms(block bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ledger.form (relation, form, since_block, columns)
  select r.relation, coalesce(f.form, 0) + 1, renew_forms.block, c.columns
  from ledger.relation as r
  cross join lateral (select ledger.columns(r.relation::regclass) as columns) as c
  left join lateral (
    select f.form, f.columns from ledger.form as f where f.relation = r.relation order by f.form desc limit 1
  ) as f on true
  where r.kind = 'history' and c.columns is distinct from f.columns
$$;
comment on function ledger.renew_forms(bigint) is 'Begins a new form, from a block on, for each relation whose columns are not those of its newest one.';

create function ledger.cut(epoch integer, since xid8, until xid8, row_limit bigint)
returns table (horizon xid8, relations text[])
language plpgsql
stable
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation text;
  v_rows bigint;
  v_last xid8;
begin
  cut.horizon := cut.until;
  cut.relations := '{}';
  for v_relation in select r.relation from ledger.relation as r where r.kind = 'history' order by r.relation loop
    execute format(
      'select count(*), max(s.xid) from (select t.xid from %s as t where t.epoch = $1 and t.xid >= $2 and t.xid < $3 order by t.xid limit $4) as s',
      v_relation::regclass
    ) into v_rows, v_last using cut.epoch, cut.since, cut.horizon, cut.row_limit;
    if v_rows > 0 then
      cut.relations := cut.relations || v_relation;
    end if;
    if v_rows = cut.row_limit then
      -- A transaction is never cut in two.
      cut.horizon := least(cut.horizon, (v_last::text::numeric + 1)::text::xid8);
    end if;
  end loop;
  return next;
end $$;
comment on function ledger.cut(integer, xid8, xid8, bigint) is
  'Where the next block ends, until a transaction number at most: after the transaction that holds the last of row_limit rows of a relation; and the relations that have rows before.';

create function ledger.make_block(epoch integer, since xid8, horizon xid8, relations text[], fingerprint bytea)
returns ledger.block
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set bytea_output = 'hex'
set extra_float_digits = 1
set work_mem = '64MB'
as $$
declare
  c_last constant xid8 := '18446744073709551615'::xid8;
  v_block ledger.block;
  v_form record;
begin
  select b.number + 1, b.hash into v_block.number, v_block.previous from ledger.block as b order by b.number desc limit 1;
  v_block.number := coalesce(v_block.number, 1);
  v_block.epoch := make_block.epoch;
  v_block.horizon := make_block.horizon;
  v_block.fingerprint := make_block.fingerprint;
  perform ledger.renew_forms(v_block.number);
  for v_form in
    select f.relation, max(f.form) as form
    from ledger.form as f
    where f.relation = any (make_block.relations)
    group by f.relation
  loop
    execute format(
      $query$
        insert into ledger.tree (tenant_id, relation, partition, block, form, rows, total, root, keys, leaves)
        select g.tenant_id, %1$L, g.partition, g.block, %2$s, g.rows, coalesce(p.total, 0) + g.rows, ledger.merkle_root(g.leaves), g.keys, g.leaves
        from (%3$s) as g
        left join lateral (
          select t.total
          from ledger.tree as t
          where t.tenant_id = g.tenant_id and t.relation = %1$L and t.partition = g.partition
          order by t.block desc
          limit 1
        ) as p on true
      $query$,
      v_form.relation, v_form.form,
      ledger.trees_query(v_form.relation, v_form.form, format('%s::bigint', v_block.number))
    ) using make_block.epoch, make_block.since, coalesce(make_block.horizon, c_last);
  end loop;
  select ledger.merkle_root(e.leaves), e.entries, e.rows into v_block.root, v_block.entries, v_block.rows
  from ledger.entries(v_block.number) as e;
  v_block.sealed_at := core.clock();
  v_block.hash := ledger.block_hash(v_block);
  insert into ledger.block select v_block.*;
  return v_block;
end $$;
comment on function ledger.make_block(integer, xid8, xid8, text[], bytea) is
  'Appends the block of the rows of some relations in an epoch from one transaction number to before another (null: whatever is left). The caller holds ledger.sealer.';

create function ledger.seal(max_blocks integer default 1000, row_limit bigint default 16384)
returns table (number bigint, rows bigint, entries bigint, sealed_at timestamptz, hash bytea)
language plpgsql
volatile
security definer
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_epoch integer;
  v_safe xid8;
  v_since xid8;
  v_cut record;
  v_block ledger.block;
  v_fingerprint bytea;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  if seal.max_blocks < 1 or seal.row_limit < 1 then
    perform core.fail('SA010', format('max_blocks %s, row_limit %s', seal.max_blocks, seal.row_limit), 'at least 1');
  end if;
  perform from ledger.sealer as s for update skip locked;
  if not found then
    return; -- another sealer is at work
  end if;
  v_epoch := ledger.current_epoch();
  -- Every transaction below has ended, and the statements to come see what it wrote.
  v_safe := pg_snapshot_xmin(pg_current_snapshot());
  select b.horizon into v_since
  from ledger.block as b
  where b.epoch = v_epoch
  order by b.number desc
  limit 1;
  v_since := coalesce(v_since, '0');
  if v_safe < v_since then
    perform core.fail('SA030', format('transaction %s after %s', v_safe, v_since), 'transaction numbers that only grow');
  end if;
  -- What fires no event trigger is seen here; what it logs is in the next block.
  perform guard.observe();
  for v_count in 1 .. seal.max_blocks loop
    select c.horizon, c.relations into v_cut from ledger.cut(v_epoch, v_since, v_safe, seal.row_limit) as c;
    exit when v_cut.relations = '{}';
    v_fingerprint := coalesce(v_fingerprint, guard.fingerprint());
    v_block := ledger.make_block(v_epoch, v_since, v_cut.horizon, v_cut.relations, v_fingerprint);
    v_since := v_cut.horizon;
    seal.number := v_block.number;
    seal.rows := v_block.rows;
    seal.entries := v_block.entries;
    seal.sealed_at := v_block.sealed_at;
    seal.hash := v_block.hash;
    return next;
    exit when v_since = v_safe;
  end loop;
end $$;
comment on function ledger.seal(integer, bigint) is
  'Seals what was committed by all transactions before the oldest one that is still running, of all tenants, in blocks of about row_limit rows a relation (a transaction is never cut); returns the blocks, none when nothing is new or another sealer is at work. Waits for nobody and nobody waits for it. Has the guard look around first, and puts its fingerprint into the blocks. SA006 at another isolation level than read committed; SA030 when this is not the database of the epoch, or its transaction numbers went back: ledger.begin_epoch.';
grant execute on function ledger.seal(integer, bigint) to smartattend_sealer;

commit;
