-- Deploy smartattend:ledger/sealed_at to pg
begin;
set local role smartattend_ledger;

create function ledger.sealed_at()
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select b.sealed_at from ledger.block as b order by b.number desc limit 1 $$;
comment on function ledger.sealed_at() is 'When the last block was sealed, for jobs that measure it; null before the first.';
grant execute on function ledger.sealed_at() to smartattend_owner;

commit;
