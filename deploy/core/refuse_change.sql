-- Deploy smartattend:core/refuse_change to pg
begin;
set local role smartattend_owner;

create function core.refuse_change()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' and tg_argv[0] is distinct from 'outlives' then
    if to_jsonb(old) ? 'tenant_id' then
      if (to_jsonb(old) ->> 'tenant_id')::uuid = core.erased_tenant() then
        return old;
      end if;
    end if;
  end if;
  perform core.fail(
    case when 'kept' in (tg_argv[0], tg_argv[1]) then 'SA021' else 'SA020' end,
    format('%s of %I.%I', lower(tg_op), tg_table_schema, tg_table_name),
    case when 'kept' in (tg_argv[0], tg_argv[1]) then 'a row that is closed, not deleted' else 'insert' end
  );
  return null;
end $$;
comment on function core.refuse_change() is
  'The one guard of history, enable always: append-only tables have it as row trigger for update and delete (…_100_append_only) and as statement trigger for truncate (…_100_no_truncate); tables whose rows are kept for ever for delete (…_100_kept, argument kept) and truncate. Rows of a tenant go in the transaction that erases it (core.erasure), but for tables whose rows outlive their tenant (first argument outlives).';

commit;
