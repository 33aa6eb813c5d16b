-- Deploy smartattend:ledger/change to pg
begin;
set local role smartattend_ledger;

create table ledger.change (
  tenant_id uuid not null,
  recorded_at timestamptz not null,
  id uuid not null,
  relation text not null,
  operation text not null,
  row_key jsonb not null,
  payload_hash core.sha256 not null,
  actor_id uuid,
  session_id uuid,
  actor_kind text,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint change_pkey primary key (tenant_id, recorded_at, id),
  constraint operation_is_known check (operation in ('insert', 'update', 'delete'))
) partition by range (recorded_at);
comment on table ledger.change is
  'Every change of captured master data, whoever made it and by whatever way: the row''s key, who (of the verified session; null where nobody was bound) and the database user, and the hash of what was before and is now. The nil UUID is the tenant of rows without one.';
create index change_row on ledger.change (tenant_id, relation, row_key);

create table ledger.payload (
  tenant_id uuid not null,
  recorded_at timestamptz not null,
  change_id uuid not null,
  salt uuid not null,
  payload jsonb not null,
  constraint payload_pkey primary key (tenant_id, recorded_at, change_id),
  constraint payload_is_an_object check (jsonb_typeof(payload) = 'object')
) partition by range (recorded_at);
comment on table ledger.payload is
  'What a change was: {"old": …, "new": …}, with the salt of its hash (without it a name could be guessed and tried). Kept beside the change, so that ledger.redact can take a person''s data away and every proof stays valid.';

create table ledger.redaction (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  relation text not null,
  row_key jsonb not null,
  changes uuid[] not null,
  reason text not null,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint redaction_pkey primary key (tenant_id, id),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint it_redacts_something check (cardinality(changes) > 0)
);
comment on table ledger.redaction is 'Which payloads were taken away, by whom and why. Append-only and sealed: that something was redacted stays provable.';

create function ledger.judge_payload()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' and (
    old.tenant_id = core.erased_tenant()
    or exists (
      select from ledger.redaction as r
      where r.tenant_id = old.tenant_id and r.xid = pg_current_xact_id() and old.change_id = any (r.changes)
    )
  ) then
    return old;
  end if;
  perform core.fail('SA020', format('%s of a payload', lower(tg_op)), 'ledger.redact');
  return null;
end $$;
comment on function ledger.judge_payload() is 'A payload goes with the redaction that names it, in the same transaction, or with its tenant, and never changes.';

create trigger change_100_append_only
before update or delete on ledger.change
for each row execute function core.refuse_change();
create trigger change_100_no_truncate
before truncate on ledger.change
for each statement execute function core.refuse_change();
create trigger payload_100_redacted_only
before update or delete on ledger.payload
for each row execute function ledger.judge_payload();
create trigger payload_100_no_truncate
before truncate on ledger.payload
for each statement execute function core.refuse_change();
create trigger redaction_100_append_only
before update or delete on ledger.redaction
for each row execute function core.refuse_change();
create trigger redaction_100_no_truncate
before truncate on ledger.redaction
for each statement execute function core.refuse_change();
alter table ledger.change enable always trigger change_100_append_only;
alter table ledger.change enable always trigger change_100_no_truncate;
alter table ledger.payload enable always trigger payload_100_redacted_only;
alter table ledger.payload enable always trigger payload_100_no_truncate;
alter table ledger.redaction enable always trigger redaction_100_append_only;
alter table ledger.redaction enable always trigger redaction_100_no_truncate;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['change', 'payload', 'redaction'] loop
    execute format('alter table ledger.%I enable row level security', v_table);
    execute format('alter table ledger.%I force row level security', v_table);
    execute format(
      'create policy ledger_keeps_every_tenants_changes on ledger.%I for all to smartattend_ledger using (true) with check (true)', v_table
    );
  end loop;
end $$;

create function ledger.add_partition(month date)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_suffix text := coalesce(to_char(add_partition.month, '_YYYY_MM'), '_default');
begin
  if to_regclass('ledger.' || quote_ident('change' || v_suffix)) is not null and to_regclass('ledger.' || quote_ident('payload' || v_suffix)) is not null then
    return v_suffix;
  end if;
  perform guard.begin_change('ledger.add_partition ' || v_suffix);
  perform core.add_partition('ledger.change', add_partition.month), core.add_partition('ledger.payload', add_partition.month);
  return v_suffix;
end $$;
comment on function ledger.add_partition(date) is
  'Makes the partitions of a month (null: of whatever has none, which is never lost) for changes and their payloads, guarded like their parents, as an announced change; nothing where they exist. Make them ahead of time: a month that has rows in the default partition already stays there (23514).';
grant execute on function ledger.add_partition(date) to smartattend_owner;

create function ledger.announce_partition(relation regclass, month date)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pg_class as c where c.oid = announce_partition.relation and c.relkind = 'p') then
    perform core.fail('SA010', announce_partition.relation::text, 'a relation that is partitioned by month');
  end if;
  perform guard.begin_change(format('a partition of %s for %s', announce_partition.relation, to_char(announce_partition.month, 'YYYY-MM')));
end $$;
comment on function ledger.announce_partition(regclass, date) is
  'Announces to the guard that the owner of the domain makes a partition in this transaction: it may not announce anything itself. What it does then is judged by the invariants and logged by name at the commit, like every announced change. Error SA010.';
grant execute on function ledger.announce_partition(regclass, date) to smartattend_owner;

select ledger.add_partition(null);

create function ledger.redact(tenant_id uuid, relation text, row_key jsonb, reason text)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_changes uuid[];
begin
  if core.is_reason(redact.reason) is not true then
    perform core.fail('SA013', coalesce(redact.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  v_changes := array(
    select c.id
    from ledger.change as c
    inner join ledger.payload as p on p.tenant_id = c.tenant_id and p.recorded_at = c.recorded_at and p.change_id = c.id
    where c.tenant_id = redact.tenant_id and c.relation = redact.relation and c.row_key = redact.row_key
  );
  if v_changes = '{}' then
    perform core.fail(
      'SA011', format('%s of %s in tenant %s', redact.row_key, redact.relation, redact.tenant_id), 'a captured row with payloads that are not redacted yet'
    );
  end if;
  insert into ledger.redaction (tenant_id, relation, row_key, changes, reason)
  values (redact.tenant_id, redact.relation, redact.row_key, v_changes, redact.reason);
  delete from ledger.payload as p
  where p.tenant_id = redact.tenant_id and p.change_id = any (v_changes);
  return cardinality(v_changes);
end $$;
comment on function ledger.redact(uuid, text, jsonb, text) is
  'Takes away what changes of one row said (privacy law), and returns how many: first the entry that says so, then the payloads and their salts. The changes stay with their hashes, so that nothing sealed becomes unprovable. The live row is another matter. Errors SA011, SA013.';
grant execute on function ledger.redact(uuid, text, jsonb, text) to smartattend_operator;

commit;
