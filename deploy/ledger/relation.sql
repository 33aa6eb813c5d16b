-- Deploy smartattend:ledger/relation to pg
begin;
set local role smartattend_ledger;

create table ledger.relation (
  relation text not null,
  kind text not null,
  key_columns text[] not null,
  registered_at timestamptz not null default core.clock(),
  constraint relation_pkey primary key (relation),
  constraint kind_is_history_or_captured check (kind in ('history', 'captured')),
  constraint it_is_known_by_columns check (cardinality(key_columns) > 0)
);
comment on table ledger.relation is
  'What is evidence: history (append-only, its rows are sealed as they are) and captured master data (each change is a row of ledger.change, which is sealed). Written by the changes of the plan.';
comment on column ledger.relation.key_columns is 'The primary key without tenant_id (of a table without tenants: all of it).';

create table ledger.form (
  relation text not null,
  form integer not null,
  since_block bigint not null,
  columns jsonb not null,
  constraint form_pkey primary key (relation, form),
  constraint form_is_of_a_relation foreign key (relation) references ledger.relation (relation),
  constraint forms_count_from_1 check (form > 0),
  constraint columns_are_a_list check (jsonb_typeof(columns) = 'array')
);
comment on table ledger.form is
  'The columns with their types that a relation is sealed by, from a block on: [["tenant_id", "uuid"], …]. A column that is added later begins another form; what was sealed before stays as it was.';

create function ledger.columns(relation regclass)
returns jsonb
language sql
stable
as $$
  with recursive base as (
    select a.attnum, a.attname, a.atttypid as type_id
    from pg_catalog.pg_attribute as a
    where a.attrelid = columns.relation and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    union all
    select b.attnum, b.attname, t.typbasetype
    from base as b
    inner join pg_catalog.pg_type as t on t.oid = b.type_id
    where t.typtype = 'd'
  )
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(b.attname, pg_catalog.format_type(b.type_id, null)) order by b.attnum)
  from base as b
  inner join pg_catalog.pg_type as t on t.oid = b.type_id
  where t.typtype <> 'd'
$$;
comment on function ledger.columns(regclass) is 'The columns of a relation that are stored, with their types (of a domain the base type), in their order: what ledger.form holds.';

create function ledger.register(relation text, kind text, key_columns text[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into ledger.relation (relation, kind, key_columns) values (register.relation, register.kind, register.key_columns)
$$;
comment on function ledger.register(text, text, text[]) is 'Notes that a relation is evidence; ledger.add_history and ledger.add_capture call it, in a change of the plan.';

create function ledger.unregister(relation text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ledger.tree as t where t.relation = unregister.relation) then
    perform core.fail('SA020', unregister.relation || ' has sealed rows', 'a relation without evidence');
  end if;
  delete from ledger.form as f where f.relation = unregister.relation;
  delete from ledger.relation as r where r.relation = unregister.relation;
end $$;
comment on function ledger.unregister(text) is 'Undoes ledger.register, for a revert. SA020 once rows of the relation were sealed.';

create function ledger.label(relation regclass)
returns text
language sql
stable
as $$
  select n.nspname || '.' || c.relname
  from pg_catalog.pg_class as c
  inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where c.oid = label.relation
$$;
comment on function ledger.label(regclass) is 'The name of a relation with its schema, unquoted: what ledger.relation knows it by.';

create function ledger.let_in(relation regclass)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_label text := ledger.label(let_in.relation);
  v_schema text := split_part(v_label, '.', 1);
begin
  if v_schema not in ('ledger', 'core') then -- which it reads anyway
    execute format('grant usage on schema %I to smartattend_ledger', v_schema);
    execute format('grant select on %s to smartattend_ledger', let_in.relation);
  end if;
  if (select c.relrowsecurity from pg_class as c where c.oid = let_in.relation) then
    execute format('create policy ledger_reads_every_tenant on %s for select to smartattend_ledger using (true)', let_in.relation);
  end if;
  return v_label;
end $$;
comment on function ledger.let_in(regclass) is
  'Lets the ledger read a relation across tenants (select only), as the relation''s owner; returns its name with its schema.';

create function ledger.key_of(relation regclass)
returns text[]
language sql
stable
as $$
  select coalesce(
    nullif(pg_catalog.array_agg(a.attname::text order by k.ordinality) filter (where a.attname <> 'tenant_id'), '{}'),
    '{tenant_id}'
  )
  from pg_catalog.pg_constraint as c
  cross join lateral pg_catalog.unnest(c.conkey) with ordinality as k (attnum, ordinality)
  inner join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
  where c.conrelid = key_of.relation and c.contype = 'p'
$$;
comment on function ledger.key_of(regclass) is 'The columns of a relation''s primary key without tenant_id; tenant_id where it is the whole key.';

create function ledger.add_history(relation regclass, key_columns text[] default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_label text := ledger.let_in(add_history.relation);
begin
  -- No leading tenant: the sealer asks for what is new, of all tenants.
  execute format('create index %I on %s (epoch, xid)', split_part(v_label, '.', 2) || '_epoch_xid', add_history.relation);
  perform ledger.register(v_label, 'history', coalesce(add_history.key_columns, ledger.key_of(add_history.relation)));
end $$;
comment on function ledger.add_history(regclass, text[]) is
  'Has an append-only relation (with xid and epoch) sealed as it is: lets the ledger read it, makes the index by which new rows are found, and registers it. Called by its owner in a change of the plan.';

create function ledger.remove_history(relation regclass)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_label text := ledger.label(remove_history.relation);
begin
  perform ledger.unregister(v_label);
  execute format('drop index %I.%I', split_part(v_label, '.', 1), split_part(v_label, '.', 2) || '_epoch_xid');
  perform ledger.keep_out(remove_history.relation);
end $$;
comment on function ledger.remove_history(regclass) is 'Undoes ledger.add_history, for a revert.';

create function ledger.keep_out(relation regclass)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schema text := split_part(ledger.label(keep_out.relation), '.', 1);
begin
  if (select c.relrowsecurity from pg_class as c where c.oid = keep_out.relation) then
    execute format('drop policy ledger_reads_every_tenant on %s', keep_out.relation);
  end if;
  if v_schema not in ('ledger', 'core') then
    execute format('revoke select on %s from smartattend_ledger', keep_out.relation);
    if not exists (select from ledger.relation as r where split_part(r.relation, '.', 1) = v_schema) then
      execute format('revoke usage on schema %I from smartattend_ledger', v_schema);
    end if;
  end if;
end $$;
comment on function ledger.keep_out(regclass) is 'Undoes ledger.let_in, for a revert.';

grant select on ledger.relation to smartattend_owner;
grant execute on function
  ledger.register(text, text, text[]), ledger.unregister(text), ledger.label(regclass), ledger.let_in(regclass),
  ledger.keep_out(regclass), ledger.key_of(regclass), ledger.add_history(regclass, text[]), ledger.remove_history(regclass)
to smartattend_owner;

commit;
