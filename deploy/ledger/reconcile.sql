-- Deploy smartattend:ledger/reconcile to pg
begin;
set local role smartattend_ledger;

create function ledger.captured()
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select r.relation from ledger.relation as r where r.kind = 'captured' order by r.relation $$;
comment on function ledger.captured() is 'The relations whose changes are captured, for ledger.reconcile.';

create function ledger.reconcile(relation text)
returns table (tenant_id uuid, row_key jsonb, problem text, expected jsonb, observed jsonb)
language plpgsql
stable
security definer
rows 10
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
set jit = off
as $$
declare
  v_key text[];
  v_is_whole boolean;
begin
  select
    r.key_columns,
    exists (select from pg_trigger as t where t.tgrelid = r.relation::regclass and t.tgname ~ '_900_capture_insert$')
  into v_key, v_is_whole
  from ledger.relation as r
  where r.relation = reconcile.relation and r.kind = 'captured';
  if not found then
    perform core.fail('SA011', coalesce(reconcile.relation, 'null'), 'a relation of ledger.captured()');
  end if;
  return query execute format(
    $query$
      with image as (
        select distinct on (c.tenant_id, c.row_key) c.tenant_id, c.row_key, c.operation, p.payload -> 'new' as image, p.change_id is null as is_redacted
        from ledger.change as c
        left join ledger.payload as p on p.tenant_id = c.tenant_id and p.recorded_at = c.recorded_at and p.change_id = c.id
        where c.relation = $1
        order by c.tenant_id, c.row_key, c.recorded_at desc, c.id desc
      ), live as (
        select coalesce((j.row ->> 'tenant_id')::uuid, '00000000-0000-0000-0000-000000000000') as tenant_id, ledger.part(j.row, $2) as row_key, j.row
        from %s as t
        cross join lateral (select to_jsonb(t) as row offset 0) as j
      )
      select
        coalesce(i.tenant_id, l.tenant_id),
        coalesce(i.row_key, l.row_key),
        case
          when l.row_key is null then 'row gone without its deletion'
          when i.row_key is null then 'row come without its insertion'
          when i.operation = 'delete' then 'row back after its deletion'
          else 'row changed without its capture'
        end,
        i.image,
        l.row
      from image as i
      full join live as l on l.tenant_id = i.tenant_id and l.row_key = i.row_key
      where case
        when l.row_key is null then i.operation <> 'delete'
        when i.row_key is null then $3
        when i.operation = 'delete' then true
        when i.is_redacted then false
        else i.image is distinct from (
          -- A column that was added later is not in the image.
          select jsonb_object_agg(c.key, c.value) from jsonb_each(l.row) as c where i.image ? c.key
        )
      end
    $query$,
    reconcile.relation::regclass
  ) using reconcile.relation, v_key, v_is_whole;
end $$;
comment on function ledger.reconcile(text) is
  'Compares a captured relation with the last image of each of its rows and returns what came about without being captured: a trigger was off, or somebody wrote around it. Of a relation whose insertions are not captured, rows count from their first change on; a redacted image says nothing. Error SA011.';
grant execute on function ledger.captured(), ledger.reconcile(text) to smartattend_sealer, smartattend_operator;

commit;
