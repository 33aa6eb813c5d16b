-- Deploy smartattend:core/erasure to pg
begin;
set local role smartattend_owner;

create table core.erasure (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  actor_id uuid not null default (core.actor()).user_id,
  session_id uuid not null default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint erasure_pkey primary key (tenant_id, id),
  constraint a_tenant_is_erased_once unique (tenant_id)
);
comment on table core.erasure is
  'That a tenant''s rows are erased, in the transaction of this row and in no other: the one fact that every guard of deletion asks for. Rooms that know what a purge needs judge its insertion (tenancy.judge_erasure).';

alter table core.erasure enable row level security;
alter table core.erasure force row level security;
create policy owner_reads_the_bound_tenant on core.erasure
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on core.erasure
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

create function core.erased_tenant()
returns uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.tenant_id
  from core.erasure as e
  where e.tenant_id = core.bound_tenant() and e.xid = pg_current_xact_id_if_assigned()
$$;
comment on function core.erased_tenant() is
  'The bound tenant, while this transaction erases it, otherwise null: for the guards of deletion and the policies for delete, which are of several owners.';

commit;
