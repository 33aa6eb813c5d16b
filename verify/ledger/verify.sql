-- Verify smartattend:ledger/verify on pg
begin;
set local role smartattend_ledger;

select
  relation,
  partition,
  rows,
  archive_sha256,
  reason,
  database_user,
  recorded_at
from ledger.retirement
where false;
select
  tenant_id,
  relation,
  until_block,
  rows,
  database_user,
  recorded_at
from ledger.erasure
where false;

select
  pg_get_functiondef('ledger.chain_findings(bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.row_findings(text, integer, bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.payload_findings(bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.stray_findings()'::regprocedure),
  pg_get_functiondef('ledger.findings(bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.verify(bigint, bigint)'::regprocedure),
  pg_get_functiondef('ledger.verified_until()'::regprocedure),
  pg_get_functiondef('ledger.note_verified(bigint)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.retirement'::regclass and tgname = 'retirement_100_append_only') = 'A', 'retirement_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.retirement'::regclass and tgname = 'retirement_100_no_truncate') = 'A', 'retirement_100_no_truncate';
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'ledger.erasure'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards of ledger.erasure, always enabled';
end $$;

rollback;
