-- Deploy smartattend:tenancy/legal_hold to pg
begin;
set local role smartattend_owner;

create table tenancy.legal_hold (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  ticket text not null,
  reason text not null,
  placed_by uuid not null default (core.actor()).user_id,
  placed_at timestamptz not null default core.clock(),
  released_by uuid,
  released_at timestamptz,
  release_reason text,
  constraint legal_hold_pkey primary key (tenant_id, id),
  constraint hold_is_on_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint ticket_is_a_code check (core.is_code(ticket)),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint release_is_whole check (num_nulls(released_by, released_at, release_reason) in (0, 3)),
  constraint release_reason_says_something check (core.is_reason(release_reason)),
  constraint another_person_releases_it check (released_by <> placed_by),
  constraint it_is_released_after_it_was_placed check (released_at >= placed_at)
);
comment on table tenancy.legal_hold is
  'Why a tenant must not be purged, until another person of the platform releases it. Null in released_by, released_at and release_reason: it is live.';

create function tenancy.guard_legal_hold()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.released_at is not null
    or (to_jsonb(new) - '{released_by,released_at,release_reason}'::text[]) <> (to_jsonb(old) - '{released_by,released_at,release_reason}'::text[])
  then
    perform core.fail('SA020', 'another content of a legal hold', 'its release, once');
  end if;
  return new;
end $$;
comment on function tenancy.guard_legal_hold() is 'A legal hold is released once, and nothing else of it changes.';
create trigger legal_hold_100_released_once
before update on tenancy.legal_hold
for each row execute function tenancy.guard_legal_hold();
create trigger legal_hold_100_kept
before delete on tenancy.legal_hold
for each row execute function core.refuse_change('outlives', 'kept');
create trigger legal_hold_100_no_truncate
before truncate on tenancy.legal_hold
for each statement execute function core.refuse_change('outlives', 'kept');
alter table tenancy.legal_hold enable always trigger legal_hold_100_released_once;
alter table tenancy.legal_hold enable always trigger legal_hold_100_kept;
alter table tenancy.legal_hold enable always trigger legal_hold_100_no_truncate;

alter table tenancy.legal_hold enable row level security;
alter table tenancy.legal_hold force row level security;
create policy owner_reads_the_bound_tenant on tenancy.legal_hold
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on tenancy.legal_hold
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on tenancy.legal_hold
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));

commit;
