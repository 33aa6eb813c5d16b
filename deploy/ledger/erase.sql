-- Deploy smartattend:ledger/erase to pg
begin;
set local role smartattend_ledger;

create function ledger.outlives(relation regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from pg_trigger as t
    where t.tgrelid = outlives.relation
      and t.tgfoid = 'core.refuse_change()'::regprocedure
      and encode(t.tgargs, 'escape') like 'outlives%'
  )
$$;
comment on function ledger.outlives(regclass) is
  'Whether the rows of a relation outlive their tenant: its guard says so (core.refuse_change, first argument outlives).';

create function ledger.erase(tenant_id uuid, out rows jsonb, out block bigint, out hash bytea)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relation text;
  v_rows bigint;
  v_sealed bigint;
begin
  if erase.tenant_id is distinct from core.erased_tenant() then
    perform core.fail('SA020', 'the rows of tenant ' || coalesce(erase.tenant_id::text, 'null'), 'a row of core.erasure in this transaction');
  end if;
  erase.rows := '{}';
  select b.number, b.hash into erase.block, erase.hash from ledger.block as b order by b.number desc limit 1;
  if erase.block is null then
    perform core.fail('SA031', 'no block', 'a tenant all of whose rows are sealed');
  end if;
  for v_relation in
    select r.relation
    from ledger.relation as r
    where r.kind = 'history'
      and exists (
        select from pg_attribute as a where a.attrelid = r.relation::regclass and a.attname = 'tenant_id' and not a.attisdropped
      )
      and not ledger.outlives(r.relation::regclass)
    order by r.relation
  loop
    execute format(
      'select count(*) from %s as t where t.tenant_id = $1 and t.xid <> pg_current_xact_id()', v_relation::regclass
    ) into v_rows using erase.tenant_id;
    erase.rows := erase.rows || jsonb_build_object(v_relation, v_rows);
    select coalesce(sum(t.rows), 0) into v_sealed
    from ledger.tree as t
    where t.tenant_id = erase.tenant_id
      and t.relation = v_relation
      and not exists (select from ledger.retirement as x where x.relation = t.relation and x.partition = t.partition);
    if v_rows <> v_sealed then
      perform core.fail('SA031', format('%s: %s rows, %s of them sealed', v_relation, v_rows, v_sealed), 'a tenant all of whose rows are sealed');
    end if;
    if v_sealed > 0 then
      insert into ledger.erasure (tenant_id, relation, until_block, rows) values (erase.tenant_id, v_relation, erase.block, v_sealed);
    end if;
  end loop;
  delete from ledger.payload as p where p.tenant_id = erase.tenant_id;
  delete from ledger.change as c where c.tenant_id = erase.tenant_id;
  delete from ledger.redaction as r where r.tenant_id = erase.tenant_id;
  delete from ledger.refusal as r where r.tenant_id = erase.tenant_id;
end $$;
comment on function ledger.erase(uuid) is
  'What the ledger has of a tenant that this transaction erases goes: changes, payloads, redactions, refusals; for each history of the tenant it remembers until which block it was sealed, and how many rows. The trees with their roots and leaf hashes stay. Answers the number of rows of each history (those of this transaction are none of them) and the last block. Every row must be sealed: SA031; SA020 without core.erasure.';

grant execute on function ledger.outlives(regclass), ledger.erase(uuid) to smartattend_owner;

commit;
