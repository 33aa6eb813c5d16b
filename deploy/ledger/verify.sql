-- Deploy smartattend:ledger/verify to pg
begin;
set local role smartattend_ledger;

create table ledger.retirement (
  relation text not null,
  partition text not null,
  rows bigint not null,
  archive_sha256 core.sha256 not null,
  reason text not null,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  constraint retirement_pkey primary key (relation, partition),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table ledger.retirement is
  'Partitions whose rows left for an archive, whose SHA-256 is kept: the roots of their trees stay, and the archive is verified against them offline.';
create trigger retirement_100_append_only
before update or delete on ledger.retirement
for each row execute function core.refuse_change();
create trigger retirement_100_no_truncate
before truncate on ledger.retirement
for each statement execute function core.refuse_change();
alter table ledger.retirement enable always trigger retirement_100_append_only;
alter table ledger.retirement enable always trigger retirement_100_no_truncate;

create table ledger.erasure (
  tenant_id uuid not null,
  relation text not null,
  until_block bigint not null,
  rows bigint not null,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  constraint erasure_pkey primary key (tenant_id, relation)
);
comment on table ledger.erasure is
  'Relations whose rows of a tenant went with it, and until which block they had been sealed: the trees, their roots and leaf hashes stay, and an export that was made before is verified against them offline.';
create trigger erasure_100_append_only
before update or delete on ledger.erasure
for each row execute function core.refuse_change('outlives');
create trigger erasure_100_no_truncate
before truncate on ledger.erasure
for each statement execute function core.refuse_change('outlives');
alter table ledger.erasure enable always trigger erasure_100_append_only;
alter table ledger.erasure enable always trigger erasure_100_no_truncate;
alter table ledger.erasure enable row level security;
alter table ledger.erasure force row level security;
create policy ledger_knows_every_erased_tenant on ledger.erasure
for all to smartattend_ledger
using (true)
with check (true);

create type ledger.finding as (
  block bigint,
  tenant_id uuid,
  relation text,
  partition text,
  row_key text,
  problem text,
  expected text,
  observed text
);
comment on type ledger.finding is
  'A piece of damage: block, tenant, relation and row as far as it can be named; what is wrong; what was sealed and what is there now.';

create function ledger.chain_findings(from_block bigint, to_block bigint)
returns setof ledger.finding
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with link as (
    select
      b,
      b.number,
      p.number as number_before,
      p.hash as hash_before,
      p.epoch as epoch_before,
      p.horizon as horizon_before
    from ledger.block as b
    left join lateral (
      select p.* from ledger.block as p where p.number < b.number order by p.number desc limit 1
    ) as p on true
    where b.number between chain_findings.from_block and chain_findings.to_block
  )
  select l.number, null::uuid, null::text, null::text, null::text, f.problem, f.expected, f.observed
  from link as l
  cross join lateral (
    select e.entries, e.rows, ledger.merkle_root(e.leaves) as root from ledger.entries(l.number) as e offset 0
  ) as e
  cross join lateral (
    values
      (
        'block missing', 'block ' || l.number - 1, coalesce('block ' || l.number_before, 'nothing'),
        l.number <> coalesce(l.number_before, 0) + 1
      ),
      (
        'chain broken', encode((l.b).previous, 'hex'), encode(l.hash_before, 'hex'),
        (l.b).previous is distinct from l.hash_before
      ),
      ('block changed', encode((l.b).hash, 'hex'), encode(ledger.block_hash(l.b), 'hex'), (l.b).hash <> ledger.block_hash(l.b)),
      (
        'horizon went back', '>= ' || l.horizon_before, (l.b).horizon::text,
        (l.b).epoch < l.epoch_before
        or (l.b).epoch = l.epoch_before and (l.horizon_before is null or (l.b).horizon < l.horizon_before)
        or (l.b).epoch > l.epoch_before and l.horizon_before is not null
      ),
      (
        'entries changed', encode((l.b).root, 'hex') || ' over ' || (l.b).entries, encode(e.root, 'hex') || ' over ' || e.entries,
        ((l.b).root, (l.b).entries, (l.b).rows) is distinct from (e.root, e.entries, e.rows)
      )
  ) as f (problem, expected, observed, is_so)
  where f.is_so
  union all
  select t.block, t.tenant_id, t.relation, t.partition, null, f.problem, f.expected, f.observed
  from ledger.tree as t
  left join lateral (
    select p.total
    from ledger.tree as p
    where p.tenant_id = t.tenant_id and p.relation = t.relation and p.partition = t.partition and p.block < t.block
    order by p.block desc
    limit 1
  ) as p on true
  cross join lateral (select ledger.merkle_root(t.leaves) as root offset 0) as m
  cross join lateral (
    values
      ('leaves changed', encode(t.root, 'hex'), encode(m.root, 'hex'), t.root <> m.root),
      ('total broken', (coalesce(p.total, 0) + t.rows)::text, t.total::text, t.total <> coalesce(p.total, 0) + t.rows),
      (
        'block missing', 'block ' || t.block, 'nothing',
        not exists (select from ledger.block as b where b.number = t.block)
      )
  ) as f (problem, expected, observed, is_so)
  where t.block between chain_findings.from_block and chain_findings.to_block and f.is_so
$$;
comment on function ledger.chain_findings(bigint, bigint) is
  'What is wrong with the blocks of a range among themselves: missing ones, links, hashes, horizons, entries, roots over the kept leaf hashes, totals.';

create function ledger.row_findings(relation text, form integer, from_block bigint, to_block bigint)
returns setof ledger.finding
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set bytea_output = 'hex'
set extra_float_digits = 1
set work_mem = '64MB'
set jit = off
as $$
declare
  c_last constant xid8 := '18446744073709551615'::xid8;
  v_epoch record;
begin
  -- A range of one epoch is one range of transaction numbers.
  for v_epoch in
    select
      b.epoch,
      min(b.number) as first,
      max(b.number) as last,
      array_agg(b.number order by b.number) as numbers,
      coalesce(array_agg(b.horizon order by b.number) filter (where b.horizon is not null), '{}') as horizons,
      coalesce(
        (select p.horizon from ledger.block as p where p.epoch = b.epoch and p.number < min(b.number) order by p.number desc limit 1), '0'
      ) as since,
      case when bool_or(b.horizon is null) then c_last else max(b.horizon::text::numeric)::text::xid8 end as horizon
    from ledger.block as b
    where b.number between row_findings.from_block and row_findings.to_block
    group by b.epoch
  loop
    return query execute format(
      $query$
        with found as materialized (%1$s), kept as (
          select t.*
          from ledger.tree as t
          where t.relation = %2$L
            and t.form = %3$s
            and t.block between $4 and $5
            and not exists (select from ledger.retirement as x where x.relation = t.relation and x.partition = t.partition)
            and not exists (
              select from ledger.erasure as x where x.tenant_id = t.tenant_id and x.relation = t.relation and t.block <= x.until_block
            )
        ), differing as (
          select
            coalesce(k.block, f.block) as block, coalesce(k.tenant_id, f.tenant_id) as tenant_id, coalesce(k.partition, f.partition) as partition,
            k.keys as keys_kept, k.leaves as leaves_kept, f.keys as keys_found, f.leaves as leaves_found
          from kept as k
          full join found as f on f.block = k.block and f.tenant_id = k.tenant_id and f.partition = k.partition
          where k.leaves is distinct from f.leaves or k.keys is distinct from f.keys
        )
        select d.block, d.tenant_id, %2$L, d.partition, n.key, n.problem, n.expected, n.observed
        from differing as d
        cross join lateral (
          select
            coalesce(a.key, b.key) as key,
            case when b.key is null then 'row deleted' when a.key is null then 'row added' else 'row edited' end as problem,
            encode(a.leaf, 'hex') as expected,
            encode(b.leaf, 'hex') as observed
          from (
            select u.key, substring(d.leaves_kept, (u.position::integer - 1) * 32 + 1, 32) as leaf
            from unnest(d.keys_kept) with ordinality as u (key, position)
          ) as a
          full join (
            select u.key, substring(d.leaves_found, (u.position::integer - 1) * 32 + 1, 32) as leaf
            from unnest(d.keys_found) with ordinality as u (key, position)
          ) as b on b.key = a.key
          where a.leaf is distinct from b.leaf
        ) as n
        order by d.block, d.tenant_id, n.key
      $query$,
      ledger.trees_query(
        row_findings.relation, row_findings.form,
        '($7)[width_bucket(r.xid, $6) + 1]'
      ),
      row_findings.relation, row_findings.form
    ) using v_epoch.epoch, v_epoch.since, v_epoch.horizon, v_epoch.first, v_epoch.last, v_epoch.horizons, v_epoch.numbers;
  end loop;
end $$;
comment on function ledger.row_findings(text, integer, bigint, bigint) is
  'What differs between the rows of a relation now and the leaf hashes that a range of blocks keeps of them, to the row: edited (moved in time or swapped, too), deleted, added. A row that was moved between tenants is deleted in one and added in the other. Retired partitions and the rows of erased tenants are left to their archives.';

create function ledger.payload_findings(from_block bigint, to_block bigint)
returns setof ledger.finding
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    t.block, t.tenant_id, t.relation, t.partition, k.key, case when p.change_id is null then 'payload deleted' else 'payload edited' end,
    encode(c.payload_hash, 'hex'), encode(ledger.payload_hash(p.salt, p.payload), 'hex')
  from ledger.tree as t
  cross join lateral unnest(t.keys) as k (key)
  inner join ledger.change as c
    on c.tenant_id = t.tenant_id and c.id = split_part(k.key, '/', 2)::uuid and c.recorded_at = split_part(k.key, '/', 1)::timestamptz
  left join ledger.payload as p on p.tenant_id = c.tenant_id and p.recorded_at = c.recorded_at and p.change_id = c.id
  where t.relation = 'ledger.change'
    and t.block between payload_findings.from_block and payload_findings.to_block
    and ledger.payload_hash(p.salt, p.payload) is distinct from c.payload_hash
    and (p.change_id is not null or not exists (
      select from ledger.redaction as r where r.tenant_id = c.tenant_id and c.id = any (r.changes)
    ))
$$;
comment on function ledger.payload_findings(bigint, bigint) is 'Payloads that are not what their change names, or are gone without a redaction.';

create function ledger.stray_findings()
returns setof ledger.finding
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_last constant xid8 := '18446744073709551615'::xid8;
  v_epoch integer := coalesce((select max(e.epoch) from ledger.epoch as e), 1);
  v_is_here boolean;
  v_next xid8;
  v_relation record;
begin
  -- In a restored database the numbers of this cluster say nothing yet.
  v_is_here := coalesce((select e.identity = ledger.cluster_identity() from ledger.epoch as e where e.epoch = v_epoch), true);
  v_next := case when v_is_here then pg_snapshot_xmax(pg_current_snapshot()) else c_last end;
  for v_relation in
    select r.relation, ledger.rows_query(r.relation, ledger.columns(r.relation::regclass), r.key_columns) as query
    from ledger.relation as r
    where r.kind = 'history'
  loop
    return query execute format(
      $query$
        select null::bigint, s.tenant_id, %1$L, s.partition, s.key, 'row outside every block', 'epoch 1 to ' || $4 || ', a transaction that has begun',
          'epoch ' || s.epoch || ', transaction ' || s.xid
        from (%2$s) as s
      $query$,
      v_relation.relation,
      replace(v_relation.query, 't.epoch = $1 and t.xid >= $2 and t.xid < $3', '(t.epoch > $1 or t.epoch < 1 or t.epoch = $1 and t.xid >= $2 and t.xid < $3)')
    ) using v_epoch, v_next, c_last, v_epoch;
  end loop;
end $$;
comment on function ledger.stray_findings() is 'Rows that no block will ever cover, because their epoch or transaction number was made up.';

create function ledger.findings(from_block bigint, to_block bigint)
returns setof ledger.finding
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  c_chunk constant bigint := 200000; -- rows at a time
  v_last bigint;
  v_from bigint;
  v_to bigint;
  v_form record;
begin
  select coalesce(max(b.number), 0) into v_last from ledger.block as b;
  v_from := coalesce(findings.from_block, 1);
  if v_from < 1 or findings.to_block > v_last then
    perform core.fail('SA010', format('blocks %s to %s', v_from, findings.to_block), format('blocks from 1 to %s', v_last));
  end if;
  v_last := coalesce(findings.to_block, v_last);
  -- Open at the top: trees above the last block are what a cut tail leaves.
  return query select f.* from ledger.chain_findings(v_from, coalesce(findings.to_block, 9223372036854775807)) as f;
  return query select f.* from ledger.payload_findings(v_from, v_last) as f;
  if findings.to_block is null then
    return query select f.* from ledger.stray_findings() as f;
  end if;
  while v_from <= v_last loop
    select coalesce(max(s.number), v_from) into v_to
    from (
      select b.number, sum(b.rows) over (order by b.number) as rows
      from ledger.block as b
      where b.number between v_from and v_last
    ) as s
    where s.rows <= c_chunk;
    for v_form in
      select f.relation, f.form, greatest(f.since_block, v_from) as first, least(coalesce(n.since_block - 1, v_to), v_to) as last
      from ledger.form as f
      left join ledger.form as n on n.relation = f.relation and n.form = f.form + 1
      where f.since_block <= v_to and coalesce(n.since_block, v_to + 1) > v_from
    loop
      return query select f.* from ledger.row_findings(v_form.relation, v_form.form, v_form.first, v_form.last) as f;
    end loop;
    v_from := v_to + 1;
  end loop;
end $$;
comment on function ledger.findings(bigint, bigint) is
  'What does not agree in a range of blocks (null: from the first, to the last) with the rows as they are now. For ledger.verify. Error SA010.';

create function ledger.verify(from_block bigint default null, to_block bigint default null)
returns setof ledger.finding
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_finding ledger.finding;
  v_first jsonb;
  v_count bigint := 0;
  v_digest bytea := ''::bytea;
begin
  for v_finding in select f.* from ledger.findings(verify.from_block, verify.to_block) as f loop
    v_count := v_count + 1;
    v_first := coalesce(v_first, to_jsonb(v_finding));
    v_digest := sha256(v_digest || core.bytes(v_finding::text));
    return next v_finding;
  end loop;
  if v_count > 0 and not current_setting('transaction_read_only')::boolean then
    perform guard.log(
      'seal', format('blocks %s to %s', coalesce(verify.from_block, 1), coalesce(verify.to_block::text, 'the last')),
      jsonb_build_object('findings', v_count, 'first', v_first, 'digest', encode(v_digest, 'hex'))
    );
  end if;
end $$;
comment on function ledger.verify(bigint, bigint) is
  'Recomputes a range of blocks (null: from the first, to the last) from the rows as they are now and returns what does not agree, nothing when all holds: edits, deletions, additions, moves, cut and forged blocks, edited payloads. That it does not hold is logged in guard.system_log (kind seal), for E16, unless the transaction is read-only or does not commit. A chain that was forged anew as a whole agrees with itself: compare with a digest that was kept outside. Error SA010.';

create function ledger.verified_until()
returns bigint
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select s.verified_until from ledger.sealer as s $$;
comment on function ledger.verified_until() is 'Until which block somebody has verified the ledger, by their own word: a convenience for the next one, nothing that a check relies on.';

create function ledger.note_verified(block bigint)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$ update ledger.sealer set verified_until = note_verified.block where verified_until <> note_verified.block $$;
comment on function ledger.note_verified(bigint) is 'Remembers until which block the ledger was verified, for ledger.verified_until.';

grant execute on function ledger.verify(bigint, bigint), ledger.verified_until(), ledger.note_verified(bigint)
to smartattend_sealer, smartattend_operator;

commit;
