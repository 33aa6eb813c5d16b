-- Deploy smartattend:ledger/capture to pg
begin;
set local role smartattend_ledger;

create function ledger.payload_hash(salt uuid, payload jsonb)
returns bytea
language sql
immutable
as $$ select pg_catalog.sha256(pg_catalog.uuid_send(payload_hash.salt) || core.bytes(payload_hash.payload::text)) $$;
comment on function ledger.payload_hash(uuid, jsonb) is 'The hash by which a change names its payload (docs/ledger.md).';

create function ledger.part(image jsonb, columns text[])
returns jsonb
language sql
immutable
as $$ select pg_catalog.jsonb_object_agg(c.name, part.image -> c.name) from pg_catalog.unnest(part.columns) as c (name) $$;
comment on function ledger.part(jsonb, text[]) is 'Some columns of a row''s image: its key.';

create function ledger.keep_changes(relation text, operation text, images jsonb[], key_columns text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with change as materialized (
    select
      coalesce((i.image ->> 'tenant_id')::uuid, '00000000-0000-0000-0000-000000000000') as tenant_id,
      core.clock() as recorded_at,
      core.uuid_v7() as id,
      gen_random_uuid() as salt,
      -- ledger.part and ledger.payload_hash in full: functions that cannot be inlined cost more than the rest of a single row's change.
      (select jsonb_object_agg(k.name, i.image -> k.name) from unnest(keep_changes.key_columns) as k (name)) as row_key,
      i.payload
    from (
      select p.payload, coalesce(p.payload -> 'new', p.payload -> 'old') as image from unnest(keep_changes.images) as p (payload)
    ) as i
  ), payload as (
    insert into ledger.payload (tenant_id, recorded_at, change_id, salt, payload)
    select c.tenant_id, c.recorded_at, c.id, c.salt, c.payload
    from change as c
  )
  insert into ledger.change (tenant_id, recorded_at, id, relation, operation, row_key, payload_hash, actor_id, session_id, actor_kind)
  select
    c.tenant_id, c.recorded_at, c.id, keep_changes.relation, keep_changes.operation, c.row_key,
    sha256(uuid_send(c.salt) || convert_to(c.payload::text, 'UTF8')), a.user_id, a.session_id, a.kind
  from change as c
  left join core.actor() as a on true;
end $$;
comment on function ledger.keep_changes(text, text, jsonb[], text[]) is
  'Keeps changes of a relation, one for each image {"old": …, "new": …}: a row of ledger.change and one of ledger.payload, two inserts in one statement.';

create function ledger.capture()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  v_images jsonb[];
begin
  case tg_op
    when 'INSERT' then
      v_images := array(select jsonb_build_object('new', to_jsonb(n)) from new_rows as n);
    when 'DELETE' then
      -- What is erased with its tenant must not come back as an image: the tombstone says how many rows went.
      v_images := array(
        select jsonb_build_object('old', to_jsonb(o))
        from old_rows as o
        where (to_jsonb(o) ->> 'tenant_id')::uuid is distinct from (select core.erased_tenant())
          or (select core.erased_tenant()) is null
      );
    else
      -- Primary keys do not change. What is the same afterwards was not changed.
      v_images := array(
        select jsonb_build_object('old', o.image, 'new', n.image)
        from (select ledger.part(to_jsonb(r), tg_argv) as key, to_jsonb(r) as image from old_rows as r) as o
        inner join (select ledger.part(to_jsonb(r), tg_argv) as key, to_jsonb(r) as image from new_rows as r) as n on n.key = o.key
        where n.image <> o.image
      );
  end case;
  perform ledger.keep_changes(tg_table_schema || '.' || tg_table_name, lower(tg_op), v_images, tg_argv);
  return null;
end $$;
comment on function ledger.capture() is
  'After each statement on captured master data: one change a row, with the row''s key by the trigger''s arguments and what was before and is now, written the same way whatever the connection''s settings are. An update that changes nothing leaves nothing, nor do rows that go with their tenant (core.erasure).';

create function ledger.capture_present(relation text, key_columns text[], images jsonb[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select ledger.keep_changes(capture_present.relation, 'insert', capture_present.images, capture_present.key_columns)
$$;
comment on function ledger.capture_present(text, text[], jsonb[]) is 'Keeps the rows that a relation has when its capture begins, as if they were inserted now.';

create function ledger.add_capture(relation regclass, events text[] default '{insert,update,delete}')
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  v_label text := ledger.let_in(add_capture.relation);
  v_name text := split_part(v_label, '.', 2);
  v_key text[] := ledger.key_of(add_capture.relation);
  v_arguments text;
  v_event text;
  v_images jsonb[];
begin
  if exists (
    select from pg_attribute as a where a.attrelid = add_capture.relation and a.attname = 'tenant_id' and not a.attisdropped
  ) and v_key <> '{tenant_id}' then
    v_key := array_prepend('tenant_id', v_key);
  end if;
  select string_agg(quote_literal(k.name), ', ' order by k.position) into v_arguments
  from unnest(v_key) with ordinality as k (name, position);
  foreach v_event in array add_capture.events loop
    execute format(
      'create trigger %I after %s on %s referencing %s for each statement execute function ledger.capture(%s)',
      v_name || '_900_capture_' || v_event, v_event, add_capture.relation,
      case v_event
        when 'insert' then 'new table as new_rows'
        when 'delete' then 'old table as old_rows'
        else 'old table as old_rows new table as new_rows'
      end,
      v_arguments
    );
    execute format('alter table %s enable always trigger %I', add_capture.relation, v_name || '_900_capture_' || v_event);
  end loop;
  perform ledger.register(v_label, 'captured', v_key);
  if 'insert' = any (add_capture.events) then
    execute format('select array_agg(jsonb_build_object(''new'', to_jsonb(t))) from %s as t', add_capture.relation) into v_images;
    perform ledger.capture_present(v_label, v_key, v_images);
  end if;
end $$;
comment on function ledger.add_capture(regclass, text[]) is
  'Has changes of a table of master data captured, by a trigger for each kind of statement (a table that is generated in bulk may leave insert out: then its rows count from their first change on), lets the ledger read it, and registers it. Called by its owner in a change of the plan.';

create function ledger.remove_capture(relation regclass)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_trigger text;
begin
  for v_trigger in
    select t.tgname from pg_trigger as t where t.tgrelid = remove_capture.relation and t.tgname ~ '_900_capture_'
  loop
    execute format('drop trigger %I on %s', v_trigger, remove_capture.relation);
  end loop;
  perform ledger.unregister(ledger.label(remove_capture.relation));
  perform ledger.keep_out(remove_capture.relation);
end $$;
comment on function ledger.remove_capture(regclass) is 'Undoes ledger.add_capture, for a revert.';

grant execute on function
  ledger.capture(), ledger.capture_present(text, text[], jsonb[]), ledger.add_capture(regclass, text[]), ledger.remove_capture(regclass)
to smartattend_owner;

commit;
