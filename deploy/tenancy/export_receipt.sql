-- Deploy smartattend:tenancy/export_receipt to pg
begin;
set local role smartattend_owner;

create table tenancy.export_receipt (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  stay_id uuid not null,
  received_by text not null,
  archive_sha256 core.sha256 not null,
  rows bigint not null,
  actor_id uuid not null default (core.actor()).user_id,
  session_id uuid not null default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint export_receipt_pkey primary key (tenant_id, id),
  constraint it_is_given_in_a_stay foreign key (tenant_id, stay_id) references tenancy.tenant_transition (tenant_id, id),
  constraint recipient_is_readable check (core.is_name(received_by)),
  constraint rows_are_counted check (rows >= 0)
);
comment on table tenancy.export_receipt is
  'That a tenant has its export: who received it, its SHA-256 and how many rows it has. It counts for the offboarding, or the time in the archive, that it was given in. It goes with its tenant, whose tombstone keeps the SHA-256 of the last one.';
create index export_receipt_stay on tenancy.export_receipt (tenant_id, stay_id);

create trigger export_receipt_100_append_only
before update or delete on tenancy.export_receipt
for each row execute function core.refuse_change();
create trigger export_receipt_100_no_truncate
before truncate on tenancy.export_receipt
for each statement execute function core.refuse_change();
alter table tenancy.export_receipt enable always trigger export_receipt_100_append_only;
alter table tenancy.export_receipt enable always trigger export_receipt_100_no_truncate;

alter table tenancy.export_receipt enable row level security;
alter table tenancy.export_receipt force row level security;
create policy owner_reads_the_bound_tenant on tenancy.export_receipt
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on tenancy.export_receipt
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

commit;
