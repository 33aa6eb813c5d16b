-- Deploy smartattend:ledger/row to pg
begin;
set local role smartattend_ledger;

create function ledger.frame(value bytea)
returns bytea
language sql
immutable
as $$ select coalesce(pg_catalog.int4send(pg_catalog.octet_length(frame.value)) || frame.value, '\xffffffff'::bytea) $$;
comment on function ledger.frame(bytea) is 'Length-prefixed bytes: 32-bit length and the value; ff ff ff ff alone for null. Nothing that is joined of frames can be read in two ways.';

create function ledger.value_bytes(name text, type text)
returns text
language sql
immutable
as $$
  select case
    when value_bytes.type = 'uuid' then format('uuid_send(t.%I)', value_bytes.name)
    when value_bytes.type = 'timestamp with time zone' then format('timestamptz_send(t.%I)', value_bytes.name)
    when value_bytes.type = 'date' then format('date_send(t.%I)', value_bytes.name)
    when value_bytes.type = 'smallint' then format('int2send(t.%I)', value_bytes.name)
    when value_bytes.type = 'integer' then format('int4send(t.%I)', value_bytes.name)
    when value_bytes.type = 'bigint' then format('int8send(t.%I)', value_bytes.name)
    when value_bytes.type = 'xid8' then format('xid8send(t.%I)', value_bytes.name)
    when value_bytes.type = 'boolean' then format('boolsend(t.%I)', value_bytes.name)
    when value_bytes.type = 'double precision' then format('float8send(t.%I)', value_bytes.name)
    when value_bytes.type = 'interval' then format('interval_send(t.%I)', value_bytes.name)
    when value_bytes.type = 'bytea' then format('t.%I', value_bytes.name)
    when value_bytes.type ~ '\[\]$|\.' then format('convert_to(to_jsonb(t.%I)::text, ''UTF8'')', value_bytes.name)
    else format('convert_to(t.%I::text, ''UTF8'')', value_bytes.name)
  end
$$;
comment on function ledger.value_bytes(text, text) is
  'The expression that makes the canonical bytes of column name of t by its type (docs/ledger.md, format version 1).';

create function ledger.value_text(name text, type text)
returns text
language sql
immutable
as $$
  select case
    when value_text.type = 'timestamp with time zone' then format(
      'case when isfinite(t.%1$I) then to_char(t.%1$I at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'') else t.%1$I::text end', value_text.name
    )
    when value_text.type = 'date' then format(
      'case when isfinite(t.%1$I) then to_char(t.%1$I, ''YYYY-MM-DD'') else t.%1$I::text end', value_text.name
    )
    when value_text.type = 'interval' then format(
      '(''x'' || left(encode(interval_send(t.%1$I), ''hex''), 16))::bit(64)::bigint || '' '' || date_part(''day'', t.%1$I)'
      ' || '' '' || (date_part(''year'', t.%1$I) * 12 + date_part(''month'', t.%1$I))',
      value_text.name
    )
    when value_text.type = 'bytea' then format('encode(t.%I, ''hex'')', value_text.name)
    when value_text.type ~ '\[\]$|\.' then format('to_jsonb(t.%I)::text', value_text.name)
    else format('t.%I::text', value_text.name)
  end
$$;
comment on function ledger.value_text(text, text) is 'The expression that makes the text of column name of t in an export.';

create function ledger.row_bytes(relation text, columns jsonb)
returns text
language sql
immutable
as $$
  select format(
    '%L::bytea || %s',
    ledger.frame('smartattend row 1'::bytea)
    || ledger.frame(
      sha256(
        core.bytes(format('%s(%s)', row_bytes.relation, string_agg((c.it ->> 0) || ' ' || (c.it ->> 1), ',' order by c.position)))
      )
    ),
    string_agg(format('ledger.frame(%s)', ledger.value_bytes(c.it ->> 0, c.it ->> 1)), ' || ' order by c.position)
  )
  from jsonb_array_elements(row_bytes.columns) with ordinality as c (it, position)
$$;
comment on function ledger.row_bytes(text, jsonb) is 'The expression that makes the canonical bytes of a row t of a relation by a form''s columns.';

create function ledger.row_key(key_columns text[], columns jsonb)
returns text
language sql
immutable
as $$
  select string_agg(ledger.value_text(k.name, c.it ->> 1), ' || ''/'' || ' order by k.position)
  from unnest(row_key.key_columns) with ordinality as k (name, position)
  inner join jsonb_array_elements(row_key.columns) as c (it) on c.it ->> 0 = k.name
$$;
comment on function ledger.row_key(text[], jsonb) is 'The expression that makes the text of the key of a row t: its parts joined by a slash.';

create function ledger.rows_query(relation text, columns jsonb, key_columns text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format(
    $query$
      select %1$s as tenant_id, %2$s as partition, t.xid, %3$s as key, ledger.merkle_leaf(%4$s) as leaf, t.epoch
      from %5$s as t %6$s
      where t.epoch = $1 and t.xid >= $2 and t.xid < $3
    $query$,
    case
      when exists (select from jsonb_array_elements(rows_query.columns) as c (it) where c.it ->> 0 = 'tenant_id') then 't.tenant_id'
      else '''00000000-0000-0000-0000-000000000000''::uuid'
    end,
    case when r.relkind = 'p' then 'p.relname::text' else '''''' end,
    ledger.row_key(rows_query.key_columns, rows_query.columns),
    ledger.row_bytes(rows_query.relation, rows_query.columns),
    r.oid::regclass,
    case when r.relkind = 'p' then 'inner join pg_class as p on p.oid = t.tableoid' else '' end
  )
  from pg_class as r
  where r.oid = rows_query.relation::regclass
$$;
comment on function ledger.rows_query(text, jsonb, text[]) is
  'The query that reads the rows of an epoch ($1) from one transaction number ($2) to before another ($3) with their trees, keys and leaf hashes.';

create function ledger.trees_query(relation text, form integer, block text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  -- The aggregates take the rows in the order in which they were sorted: sorting in each of them would cost twice.
  select format(
    $query$
      select s.block, s.tenant_id, s.partition, count(*) as rows, array_agg(s.key) as keys, string_agg(s.leaf, ''::bytea) as leaves
      from (
        select %2$s as block, r.tenant_id, r.partition, r.key, r.leaf
        from (%1$s) as r
        order by 1, r.tenant_id, r.partition, r.xid, r.key collate "C"
      ) as s
      group by s.block, s.tenant_id, s.partition
    $query$,
    ledger.rows_query(f.relation, f.columns, n.key_columns), trees_query.block
  )
  from ledger.form as f
  inner join ledger.relation as n on n.relation = f.relation
  where f.relation = trees_query.relation and f.form = trees_query.form
$$;
comment on function ledger.trees_query(text, integer, text) is
  'The query that makes the trees (keys and concatenated leaf hashes) of the rows that rows_query reads, by a form; block is the expression for the number of the block of row r.';

commit;
