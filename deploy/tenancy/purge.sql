-- Deploy smartattend:tenancy/purge to pg
begin;
set local role smartattend_owner;

-- Every table of tenants has its policy for delete, and the fact that it asks for is written by tenancy.purge only.
do $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid::regclass
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relkind in ('r', 'p')
      and not c.relispartition
      and c.relowner = 'smartattend_owner'::regrole
      and not ledger.outlives(c.oid::regclass)
    order by 1
  loop
    execute format(
      'create policy owner_erases_the_purged_tenant on %s for delete to smartattend_owner using (tenant_id = (select core.erased_tenant()))', v_table
    );
    -- What is deleted has to be seen, too: also where the owner appends only.
    if not exists (
      select from pg_policy as p where p.polrelid = v_table and p.polcmd in ('r', '*') and 'smartattend_owner'::regrole = any (p.polroles)
    ) then
      execute format(
        'create policy owner_sees_the_purged_tenant on %s for select to smartattend_owner using (tenant_id = (select core.erased_tenant()))', v_table
      );
    end if;
  end loop;
end $$;

create function tenancy.erase_rows(tenant_id uuid)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_left regclass[] := array(
    select c.oid::regclass
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relkind in ('r', 'p')
      and not c.relispartition
      and c.relowner = 'smartattend_owner'::regrole
      and not ledger.outlives(c.oid::regclass)
    order by 1
  );
  v_table regclass;
  v_rows bigint;
  v_erased jsonb := jsonb_build_object();
begin
  while cardinality(v_left) > 0 loop
    -- What refers to others goes before them.
    select t.name into v_table
    from unnest(v_left) as t (name)
    where not exists (
      select from pg_constraint as c
      where c.contype = 'f' and c.confrelid = t.name and c.conrelid <> t.name and c.conrelid = any (v_left)
    )
    limit 1;
    if not found then
      perform core.fail('SA022', 'tables that refer to each other in a circle: ' || array_to_string(v_left, ', '), 'an order in which rows can go');
    end if;
    execute format('delete from %s as t where t.tenant_id = $1', v_table) using erase_rows.tenant_id;
    get diagnostics v_rows = row_count;
    v_erased := v_erased || jsonb_build_object(ledger.label(v_table), v_rows);
    v_left := array_remove(v_left, v_table);
  end loop;
  return v_erased;
end $$;
comment on function tenancy.erase_rows(uuid) is
  'Deletes the rows of a tenant in every table of tenants but those whose rows outlive it, whatever tables there are, and answers how many went from each.';

create function tenancy.purge(tenant_id uuid, via text, reason text)
returns tenancy.tombstone
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
as $$
declare
  v_before tenancy.tenant;
  v_stay tenancy.tenant_transition;
  v_archive bytea;
  v_ledger record;
  v_rows jsonb;
  v_tombstone tenancy.tombstone;
begin
  select t.* into v_before from tenancy.tenant as t where t.tenant_id = purge.tenant_id for update;
  select s.* into v_stay from tenancy.stays(purge.tenant_id) as s limit 1;
  select r.archive_sha256 into v_archive
  from tenancy.export_receipt as r
  where r.tenant_id = purge.tenant_id
  order by r.recorded_at desc, r.id desc
  limit 1;
  update tenancy.tenant as t
  set state = 'purged', state_via = purge.via, state_reason = purge.reason,
    slug = 'purged-' || replace(t.tenant_id::text, '-', ''),
    name = 'a purged tenant'
  where t.tenant_id = purge.tenant_id;
  insert into core.erasure (tenant_id) values (purge.tenant_id);
  select e.* into v_ledger from ledger.erase(purge.tenant_id) as e;
  v_rows := identity.erase_sessions(purge.tenant_id);
  v_rows := v_rows || tenancy.erase_rows(purge.tenant_id);
  -- What stays is master data that begins anew: nothing of its earlier images is kept.
  perform
    ledger.capture_present(
      'tenancy.tenant', '{tenant_id}', array(select jsonb_build_object('new', to_jsonb(t)) from tenancy.tenant as t where t.tenant_id = purge.tenant_id)
    ),
    ledger.capture_present(
      'tenancy.legal_hold', '{tenant_id,id}',
      array(select jsonb_build_object('new', to_jsonb(h)) from tenancy.legal_hold as h where h.tenant_id = purge.tenant_id)
    );
  insert into tenancy.tombstone (
    tenant_id, slug_sha256, name_sha256, platform, via, created_at, archived_at, rows, block, block_hash, archive_sha256
  )
  values (
    purge.tenant_id, sha256(convert_to(v_before.slug, 'UTF8')), sha256(convert_to(v_before.name, 'UTF8')), v_before.platform, purge.via,
    v_before.created_at, case v_stay.to_state when 'archived' then v_stay.recorded_at end,
    v_ledger.rows || v_rows, v_ledger.block, v_ledger.hash, v_archive
  )
  returning * into v_tombstone;
  return v_tombstone;
end $$;
comment on function tenancy.purge(uuid, text, text) is
  'Makes a tenant a tombstone, in one transaction: its rows go from every table, its trees in the ledger stay. The caller has bound it (identity.bind_erasure) and judged it; the guards judge again (tenancy.judge_erasure). Errors SA020, SA022, SA031 while rows are not sealed.';

commit;
