-- Verify smartattend:ledger/refusal on pg
begin;
set local role smartattend_ledger;

select
  tenant_id,
  id,
  command,
  key,
  payload_hash,
  code,
  detail,
  actor_id,
  session_id,
  device_id,
  database_user,
  client_address,
  recorded_at,
  elapsed_us,
  xid,
  epoch
from ledger.refusal
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.refusal'::regclass and tgname = 'refusal_100_append_only') = 'A', 'refusal_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.refusal'::regclass and tgname = 'refusal_100_no_truncate') = 'A', 'refusal_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_ledger' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'ledger.refusal'::regclass and polname = 'ledger_reads_and_appends'), 'policy ledger_reads_and_appends on ledger.refusal';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'ledger.refusal'::regclass), 'row level security of ledger.refusal';
end $$;

rollback;
