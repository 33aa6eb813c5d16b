-- Deploy smartattend:ops/message to pg
begin;
set local role smartattend_owner;

create table ops.message (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  kind text not null,
  subject text not null,
  body jsonb not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint message_pkey primary key (tenant_id, id),
  constraint kind_is_words_with_dots check (kind ~ '^[a-z_]+([.][a-z_]+)*$'),
  constraint subject_is_one_line check (subject ~ '^[^\r\n]{1,200}$'),
  constraint body_is_an_object check (jsonb_typeof(body) = 'object')
);
comment on table ops.message is
  'The outbox: what is to be told, written in the transaction in which it became true. Append-only; whom it has reached stands in ops.delivery. The nil UUID is the platform.';

create trigger message_100_append_only
before update or delete on ops.message
for each row execute function core.refuse_change();
create trigger message_100_no_truncate
before truncate on ops.message
for each statement execute function core.refuse_change();
alter table ops.message enable always trigger message_100_append_only;
alter table ops.message enable always trigger message_100_no_truncate;

commit;
