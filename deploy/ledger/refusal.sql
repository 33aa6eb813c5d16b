-- Deploy smartattend:ledger/refusal to pg
begin;
set local role smartattend_ledger;

create table ledger.refusal (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  command text not null,
  key uuid,
  payload_hash core.sha256 not null,
  code text not null,
  detail jsonb,
  actor_id uuid,
  session_id uuid,
  device_id uuid,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  recorded_at timestamptz not null default core.clock(),
  elapsed_us bigint,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint refusal_pkey primary key (tenant_id, id),
  constraint refusal_is_kept_once unique nulls not distinct (tenant_id, key, payload_hash, code)
);
comment on table ledger.refusal is
  'What was refused: who asked for what, from which session, and why not. A refusal is a fact, so it is returned and kept instead of raised; it lasts if the caller commits. The nil UUID is the tenant of platform commands.';

create trigger refusal_100_append_only
before update or delete on ledger.refusal
for each row execute function core.refuse_change();
create trigger refusal_100_no_truncate
before truncate on ledger.refusal
for each statement execute function core.refuse_change();
alter table ledger.refusal enable always trigger refusal_100_append_only;
alter table ledger.refusal enable always trigger refusal_100_no_truncate;

alter table ledger.refusal enable row level security;
alter table ledger.refusal force row level security;
create policy ledger_reads_and_appends on ledger.refusal
for all to smartattend_ledger
using (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)))
with check (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)));

commit;
