-- Deploy smartattend:tenancy/tombstone to pg
begin;
set local role smartattend_owner;

create table tenancy.tombstone (
  tenant_id uuid not null,
  slug_sha256 core.sha256 not null,
  name_sha256 core.sha256 not null,
  platform text not null,
  via text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  rows jsonb not null,
  block bigint not null,
  block_hash core.sha256 not null,
  archive_sha256 core.sha256,
  actor_id uuid not null default (core.actor()).user_id,
  session_id uuid not null default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint tombstone_pkey primary key (tenant_id),
  constraint it_is_of_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint rows_are_counted_by_relation check (jsonb_typeof(rows) = 'object')
);
comment on table tenancy.tombstone is
  'What stays of a purged tenant: SHA-256 of slug and name, dates, how many rows each relation had, the last sealed block. With the trees that stay in the ledger it proves, from an export that was made before, what was there.';
comment on column tenancy.tombstone.archived_at is 'Since when it was archived; null for one that was discarded before it was in use.';
comment on column tenancy.tombstone.archive_sha256 is 'SHA-256 of the last export that somebody received; null when nobody did.';

create trigger tombstone_100_append_only
before update or delete on tenancy.tombstone
for each row execute function core.refuse_change('outlives');
create trigger tombstone_100_no_truncate
before truncate on tenancy.tombstone
for each statement execute function core.refuse_change('outlives');
alter table tenancy.tombstone enable always trigger tombstone_100_append_only;
alter table tenancy.tombstone enable always trigger tombstone_100_no_truncate;

alter table tenancy.tombstone enable row level security;
alter table tenancy.tombstone force row level security;
create policy owner_reads_the_bound_tenant on tenancy.tombstone
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on tenancy.tombstone
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

create function tenancy.missing(tenant_id uuid, via text, stay tenancy.tenant_transition, now timestamptz)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(m.what order by m.what), '{}')
  from (
    -- Without settings nothing is ever over.
    select
      ((missing.stay).recorded_at at time zone 'UTC' + coalesce(max(s.export_window), interval '100 years')) at time zone 'UTC' as window_ends,
      ((missing.stay).recorded_at at time zone 'UTC' + coalesce(max(s.retain_for), interval '100 years')) at time zone 'UTC' as retention_ends
    from tenancy.setting as s
    where s.tenant_id = missing.tenant_id
  ) as e
  cross join lateral (
    select
      'a receipt of the export of this offboarding, or the end of its window at '
      || to_char(e.window_ends at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as what
    where missing.via = 'archive'
      and e.window_ends > missing.now
      and not exists (
        select from tenancy.export_receipt as r where r.tenant_id = missing.tenant_id and r.stay_id = (missing.stay).id
      )
    union all
    select 'the end of the retention at ' || to_char(e.retention_ends at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    where missing.via = 'purge' and e.retention_ends > missing.now
    union all
    select 'the release of the legal hold ' || h.ticket
    from tenancy.legal_hold as h
    where missing.via in ('purge', 'discard') and h.tenant_id = missing.tenant_id and h.released_at is null
  ) as m
$$;
comment on function tenancy.missing(uuid, text, tenancy.tenant_transition, timestamptz) is
  'What still stands against archiving, purging or discarding a tenant that came into its state by the transition stay: a receipt, the retention, legal holds. Empty when nothing does.';

create function tenancy.judge_erasure()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_move tenancy.tenant_transition;
  v_stay tenancy.tenant_transition;
  v_missing text[];
begin
  select s.* into v_move from tenancy.stays(new.tenant_id) as s limit 1;
  select s.* into v_stay from tenancy.stays(new.tenant_id) as s offset 1 limit 1;
  if (v_move.to_state = 'purged' and v_move.xid = pg_current_xact_id()) is not true then
    perform core.fail('SA020', 'erasure of a tenant that is not being purged', 'a transition to purged in this transaction');
  end if;
  v_missing := tenancy.missing(new.tenant_id, v_move.via, v_stay, core.clock());
  if v_missing <> '{}' then
    perform core.fail('SA020', 'erasure of a tenant without ' || v_missing[1], 'nothing that stands against it');
  end if;
  if (
    select count(distinct a.approver_id)
    from tenancy.approval as a
    where a.tenant_id = new.tenant_id and a.stay_id = v_stay.id and a.via = v_move.via and a.to_state = 'purged'
  ) < (
    select t.approvals
    from core.transition as t
    where t.machine = 'tenant' and t.from_state = v_move.from_state and t.to_state = v_move.to_state and t.via = v_move.via
  ) then
    perform core.fail('SA020', 'erasure of a tenant that too few have approved', 'the approvals of the transition');
  end if;
  return new;
end $$;
comment on function tenancy.judge_erasure() is
  'Only a tenant that became purged in this very transaction is erased, with the approvals of its transition, after its retention, and while no legal hold is live: the last guard, below every procedure.';
create trigger erasure_100_purged_tenants_only
before insert on core.erasure
for each row execute function tenancy.judge_erasure();
alter table core.erasure enable always trigger erasure_100_purged_tenants_only;

commit;
