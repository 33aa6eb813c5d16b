-- Deploy smartattend:ledger/export to pg
begin;
set local role smartattend_ledger;

create function ledger.utc(instant timestamptz)
returns text
language sql
stable
as $$
  select case
    when isfinite(utc.instant) then pg_catalog.to_char(utc.instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    else utc.instant::text
  end
$$;
comment on function ledger.utc(timestamptz) is 'An instant as an export writes it.';

create function ledger.export_forms()
returns table (relation text, form integer, columns jsonb)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select f.relation, f.form, f.columns from ledger.form as f order by f.relation, f.form $$;
comment on function ledger.export_forms() is 'The forms by which relations were sealed, for an export (docs/ledger.md).';

create function ledger.export_blocks(from_block bigint, to_block bigint)
returns table (
  number bigint, epoch integer, horizon text, rows bigint, entries bigint, sealed_at text, root text, fingerprint text, previous text, hash text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    b.number, b.epoch, b.horizon::text, b.rows, b.entries, ledger.utc(b.sealed_at), encode(b.root, 'hex'), encode(b.fingerprint, 'hex'),
    encode(b.previous, 'hex'), encode(b.hash, 'hex')
  from ledger.block as b
  where b.number between export_blocks.from_block and export_blocks.to_block
  order by b.number
$$;
comment on function ledger.export_blocks(bigint, bigint) is 'A range of blocks as an export and a digest write them (docs/ledger.md).';

create function ledger.export_trees(
  from_block bigint, to_block bigint, tenant_id uuid default null, relation text default null, partition text default null
)
returns table (
  block bigint, index integer, tenant_id uuid, relation text, partition text, form integer, rows bigint, total bigint, root text, keys text[],
  leaves bytea, is_retired boolean, path text[]
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    t.block, t.index, t.tenant_id, t.relation, t.partition, t.form, t.rows, t.total, encode(t.root, 'hex'), t.keys, t.leaves,
    exists (select from ledger.retirement as x where x.relation = t.relation and x.partition = t.partition)
    or exists (select from ledger.erasure as x where x.tenant_id = t.tenant_id and x.relation = t.relation and t.block <= x.until_block),
    case
      when num_nulls(export_trees.tenant_id, export_trees.relation, export_trees.partition) < 3 then array(
        select encode(substring(p.path, s.position, 32), 'hex')
        from (select ledger.merkle_path(e.leaves, t.index) as path from ledger.entries(t.block) as e) as p
        cross join lateral generate_series(1, octet_length(p.path), 32) as s (position)
        order by s.position
      )
    end
  from (
    select
      t.*,
      row_number() over (partition by t.block order by t.tenant_id, t.relation collate "C", t.partition collate "C")::integer - 1 as index
    from ledger.tree as t
    where t.block between export_trees.from_block and export_trees.to_block
  ) as t
  where (export_trees.tenant_id is null or t.tenant_id = export_trees.tenant_id)
    and (export_trees.relation is null or t.relation = export_trees.relation)
    and (export_trees.partition is null or t.partition = export_trees.partition)
  order by t.block, t.index
$$;
comment on function ledger.export_trees(bigint, bigint, uuid, text, text) is
  'The trees of a range of blocks, all or those of a tenant, relation or partition: then each with its path to the block''s root, which shows nothing of the others but hashes.';

create function ledger.export_rows(block bigint, tenant_id uuid, relation text, partition text)
returns table (ordinal bigint, "values" text[], salt text, payload text)
language plpgsql
stable
security definer
rows 1000
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
set jit = off
as $$
declare
  c_last constant xid8 := '18446744073709551615'::xid8;
  v_block ledger.block;
  v_tree record;
begin
  select b.* into v_block from ledger.block as b where b.number = export_rows.block;
  select t.keys, f.columns, r.key_columns,
    coalesce(
      (select p.horizon from ledger.block as p where p.epoch = v_block.epoch and p.number < v_block.number order by p.number desc limit 1), '0'
    ) as since
  into v_tree
  from ledger.tree as t
  inner join ledger.form as f on f.relation = t.relation and f.form = t.form
  inner join ledger.relation as r on r.relation = t.relation
  where t.tenant_id = export_rows.tenant_id
    and t.relation = export_rows.relation
    and t.partition = export_rows.partition
    and t.block = v_block.number;
  if not found then
    perform core.fail(
      'SA011', format('%s %s of tenant %s in block %s', export_rows.relation, export_rows.partition, export_rows.tenant_id, export_rows.block),
      'a tree of ledger.export_trees'
    );
  end if;
  return query execute format(
    $query$
      select
        row_number() over (order by r.xid, r.key collate "C") - 1,
        r.values,
        encode(uuid_send(p.salt), 'hex'),
        p.payload::text
      from (
        select t.xid, %1$s as key, array[%2$s] as values, %3$s as tenant_id, %4$s as recorded_at, %5$s as change_id
        from %6$s as t
        where t.epoch = $1 and t.xid >= $2 and t.xid < $3 and %3$s = $4 and %7$s
      ) as r
      left join ledger.payload as p on p.tenant_id = r.tenant_id and p.recorded_at = r.recorded_at and p.change_id = r.change_id
      order by 1
    $query$,
    ledger.row_key(v_tree.key_columns, v_tree.columns),
    (
      select string_agg(ledger.value_text(c.it ->> 0, c.it ->> 1), ', ' order by c.position)
      from jsonb_array_elements(v_tree.columns) with ordinality as c (it, position)
    ),
    case
      when exists (select from jsonb_array_elements(v_tree.columns) as c (it) where c.it ->> 0 = 'tenant_id') then 't.tenant_id'
      else '''00000000-0000-0000-0000-000000000000''::uuid'
    end,
    case export_rows.relation when 'ledger.change' then 't.recorded_at' else 'null::timestamptz' end,
    case export_rows.relation when 'ledger.change' then 't.id' else 'null::uuid' end,
    export_rows.relation::regclass,
    case
      when export_rows.partition = '' then 'true'
      else format('t.tableoid = to_regclass(%L)', split_part(export_rows.relation, '.', 1) || '.' || quote_ident(export_rows.partition))
    end
  ) using v_block.epoch, v_tree.since, coalesce(v_block.horizon, c_last), export_rows.tenant_id;
end $$;
comment on function ledger.export_rows(bigint, uuid, text, text) is
  'The rows of a tree as they are now, as texts in the order of the form''s columns, and of a change its payload with the salt. Error SA011.';

create function ledger.prove(tenant_id uuid, relation text, key text)
returns table (
  block bigint, form integer, rows bigint, total bigint, index bigint, entry integer, entries integer, partition text, row_path bytea,
  entry_path bytea, "values" text[]
)
language plpgsql
stable
security definer
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tree ledger.tree;
begin
  select t.* into v_tree
  from ledger.tree as t
  where t.tenant_id = prove.tenant_id and t.relation = prove.relation and prove.key = any (t.keys)
  order by t.block
  limit 1;
  if not found then
    perform core.fail('SA011', format('%s %s of tenant %s', prove.relation, prove.key, prove.tenant_id), 'the key of a row that was sealed');
  end if;
  return query
  select
    v_tree.block, v_tree.form, v_tree.rows, v_tree.total, i.index, n.index, e.entries::integer, v_tree.partition,
    ledger.merkle_path(v_tree.leaves, i.index), ledger.merkle_path(e.leaves, n.index), r.values
  from ledger.entries(v_tree.block) as e
  cross join (select array_position(v_tree.keys, prove.key)::bigint - 1 as index) as i
  inner join ledger.export_trees(v_tree.block, v_tree.block) as n
    on n.tenant_id = v_tree.tenant_id and n.relation = v_tree.relation and n.partition = v_tree.partition
  left join ledger.export_rows(v_tree.block, v_tree.tenant_id, v_tree.relation, v_tree.partition) as r on r.ordinal = i.index;
end $$;
comment on function ledger.prove(uuid, text, text) is
  'What proves, with the digest of its block, that a row was sealed as it is: its place and path in its tree, the tree''s place and path in the block, and the row itself. Error SA011.';

create function ledger.retire(relation text, partition text, archive_sha256 bytea, reason text)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table regclass := to_regclass(split_part(retire.relation, '.', 1) || '.' || quote_ident(retire.partition));
  v_rows bigint;
  v_sealed bigint;
  v_payload text;
begin
  if core.is_reason(retire.reason) is not true then
    perform core.fail('SA013', coalesce(retire.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if not exists (
    select from pg_inherits as i where i.inhrelid = v_table and i.inhparent = to_regclass(retire.relation)
  ) or retire.relation <> 'ledger.change' then
    perform core.fail('SA011', format('%s of %s', retire.partition, retire.relation), 'a partition of ledger.change');
  end if;
  if octet_length(retire.archive_sha256) is distinct from 32 then
    perform core.fail('SA010', 'archive_sha256', 'the SHA-256 of the archive, 32 bytes');
  end if;
  v_payload := replace(retire.partition, 'change', 'payload');
  execute format('lock table %s, ledger.%I in access exclusive mode', v_table, v_payload);
  -- By way of the parent: the partition itself has no policy, and shows nobody anything.
  select count(*) into v_rows from ledger.change as c where c.tableoid = v_table;
  select coalesce(sum(t.rows), 0) into v_sealed
  from ledger.tree as t
  where t.relation = retire.relation and t.partition = retire.partition;
  if v_sealed <> v_rows then
    perform core.fail('SA031', format('%s rows, %s of them sealed', v_rows, v_sealed), 'a partition all of whose rows are sealed');
  end if;
  insert into ledger.retirement (relation, partition, rows, archive_sha256, reason)
  values (retire.relation, retire.partition, v_rows, retire.archive_sha256, retire.reason);
  perform guard.begin_change('ledger.retire ' || retire.partition);
  execute format('drop table %s', v_table);
  execute format('drop table ledger.%I', v_payload);
  return v_rows;
end $$;
comment on function ledger.retire(text, text, bytea, text) is
  'Drops a partition of changes, with its payloads, whose rows are in an archive (smartattend ledger archive, which verifies it first), and remembers the archive''s SHA-256. The trees and roots stay. Returns the number of rows. Errors SA010, SA011, SA013, SA031 while it has rows that are not sealed.';

grant execute on function
  ledger.export_forms(), ledger.export_blocks(bigint, bigint), ledger.export_trees(bigint, bigint, uuid, text, text),
  ledger.export_rows(bigint, uuid, text, text), ledger.prove(uuid, text, text), ledger.retire(text, text, bytea, text)
to smartattend_operator;
grant execute on function ledger.export_blocks(bigint, bigint) to smartattend_sealer;

commit;
