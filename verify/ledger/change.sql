-- Verify smartattend:ledger/change on pg
begin;
set local role smartattend_ledger;

select
  tenant_id,
  recorded_at,
  id,
  relation,
  operation,
  row_key,
  payload_hash,
  actor_id,
  session_id,
  actor_kind,
  database_user,
  client_address,
  xid,
  epoch
from ledger.change
where false;

select
  tenant_id,
  recorded_at,
  change_id,
  salt,
  payload
from ledger.payload
where false;

select
  tenant_id,
  id,
  relation,
  row_key,
  changes,
  reason,
  database_user,
  recorded_at,
  xid,
  epoch
from ledger.redaction
where false;

select
  pg_get_functiondef('ledger.judge_payload()'::regprocedure),
  pg_get_functiondef('ledger.add_partition(date)'::regprocedure),
  pg_get_functiondef('ledger.announce_partition(regclass, date)'::regprocedure),
  pg_get_functiondef('ledger.redact(uuid, text, jsonb, text)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.change'::regclass and tgname = 'change_100_append_only') = 'A', 'change_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.change'::regclass and tgname = 'change_100_no_truncate') = 'A', 'change_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.payload'::regclass and tgname = 'payload_100_redacted_only') = 'A', 'payload_100_redacted_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.payload'::regclass and tgname = 'payload_100_no_truncate') = 'A', 'payload_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.redaction'::regclass and tgname = 'redaction_100_append_only') = 'A', 'redaction_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.redaction'::regclass and tgname = 'redaction_100_no_truncate') = 'A', 'redaction_100_no_truncate';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'ledger.change'::regclass), 'row level security of ledger.change';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'ledger.payload'::regclass), 'row level security of ledger.payload';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'ledger.redaction'::regclass), 'row level security of ledger.redaction';
  assert to_regclass('ledger.change_default') is not null and to_regclass('ledger.payload_default') is not null, 'the default partitions';
end $$;

rollback;
