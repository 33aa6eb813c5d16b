-- Deploy smartattend:ledger/merkle to pg
begin;
set local role smartattend_ledger;

create function ledger.merkle_leaf(data bytea)
returns bytea
language sql
immutable
as $$ select pg_catalog.sha256('\x00'::bytea || merkle_leaf.data) $$;
comment on function ledger.merkle_leaf(bytea) is 'The hash of a leaf (RFC 6962, section 2.1).';

create function ledger.merkle_level(hashes bytea)
returns bytea
language sql
immutable
as $$
  select coalesce(
    pg_catalog.string_agg(
      case
        when pg_catalog.octet_length(n.hashes) = 64 then pg_catalog.sha256('\x01'::bytea || n.hashes)
        else n.hashes
      end,
      ''::bytea
      order by n.position
    ),
    ''
  )
  from (
    select p.position, pg_catalog.substring(merkle_level.hashes, p.position, 64) as hashes
    from pg_catalog.generate_series(1, pg_catalog.octet_length(merkle_level.hashes), 64) as p (position)
  ) as n
$$;
comment on function ledger.merkle_level(bytea) is
  'The level of a tree above a level of concatenated hashes: each pair becomes its node, an odd last one goes up as it is, which is what RFC 6962 defines from above (split at the largest power of two).';

create function ledger.merkle_root(leaves bytea)
returns bytea
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_level bytea := merkle_root.leaves;
begin
  if octet_length(v_level) = 0 then
    return sha256('');
  end if;
  while octet_length(v_level) > 32 loop
    v_level := ledger.merkle_level(v_level);
  end loop;
  return v_level;
end $$;
comment on function ledger.merkle_root(bytea) is 'The root of a tree (RFC 6962, section 2.1) over concatenated leaf hashes of 32 bytes; the hash of nothing for none.';

create function ledger.merkle_path(leaves bytea, index bigint)
returns bytea
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_level bytea := merkle_path.leaves;
  v_index integer := merkle_path.index;
  v_path bytea := ''::bytea;
begin
  while octet_length(v_level) > 32 loop
    -- The sibling; the odd last node of a level has none.
    v_path := v_path || substring(v_level, (v_index # 1) * 32 + 1, 32);
    v_level := ledger.merkle_level(v_level);
    v_index := v_index / 2;
  end loop;
  return v_path;
end $$;
comment on function ledger.merkle_path(bytea, bigint) is
  'The audit path (RFC 6962, section 2.1.1) of the leaf at an index from 0: the siblings from below, concatenated.';

commit;
