-- Deploy smartattend:identity/role_grant to pg
begin;
set local role smartattend_owner;

create table identity.role_grant (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  user_id uuid not null,
  role text not null,
  unit_id uuid,
  starts_at timestamptz not null default core.clock(),
  ends_at timestamptz not null default 'infinity',
  revoked_at timestamptz,
  request_id uuid,
  granted_by uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  granted_at timestamptz not null default core.clock(),
  during tstzrange generated always as (tstzrange(starts_at, ends_at, '[)')) stored,
  constraint role_grant_pkey primary key (tenant_id, id),
  constraint grant_belongs_to_a_member foreign key (tenant_id, user_id) references identity.membership (tenant_id, user_id),
  constraint grant_names_a_role foreign key (role) references identity.role (role),
  constraint scope_is_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint it_ends_after_it_starts check (ends_at > starts_at),
  constraint nobody_holds_a_role_twice exclude using gist (
    tenant_id with =, user_id with =, role with =,
    coalesce(unit_id, '00000000-0000-0000-0000-000000000000'::uuid) with =, during with &&
  ) where (revoked_at is null)
);
comment on table identity.role_grant is
  'Who holds which role where and when. Effective if and only if now lies in [starts_at, ends_at) and it is not revoked, evaluated when read.';
comment on column identity.role_grant.unit_id is 'The scope: this unit and everything beneath it; null is the whole tenant.';
create index role_grant_user on identity.role_grant (tenant_id, user_id, starts_at);
create index role_grant_unit on identity.role_grant (tenant_id, unit_id);
create index role_grant_ends on identity.role_grant (tenant_id, ends_at);

create table identity.platform_grant (
  user_id uuid not null,
  id uuid not null default core.uuid_v7(),
  role text not null,
  starts_at timestamptz not null default core.clock(),
  ends_at timestamptz not null default 'infinity',
  revoked_at timestamptz,
  revoked_by uuid,
  revoked_because text,
  granted_by uuid,
  proposed_by uuid,
  session_id uuid,
  reason text,
  ticket text,
  database_user text not null default session_user,
  granted_at timestamptz not null default core.clock(),
  constraint platform_grant_pkey primary key (user_id, id),
  constraint platform_grant_belongs_to_a_user foreign key (user_id) references identity."user" (id),
  constraint platform_grant_names_a_role foreign key (role) references identity.role (role),
  constraint role_is_a_platform_role check (role in ('superadmin', 'platform_auditor', 'platform_operator')),
  constraint it_ends_after_it_starts check (ends_at > starts_at),
  constraint nobody_grants_it_to_oneself check (user_id <> granted_by and user_id <> proposed_by),
  constraint nobody_revokes_the_own_role check (user_id <> revoked_by),
  constraint two_people_grant_what_was_proposed check (proposed_by <> granted_by)
);
comment on table identity.platform_grant is 'Roles across tenants. They have no tenant, and are used through platform sessions only. Rows stay, their changes are captured.';
comment on column identity.platform_grant.granted_by is 'Null: the deployer, as with the first superadmin.';
comment on column identity.platform_grant.proposed_by is 'Who asked first, where two people are needed; who granted approved it.';
create unique index nobody_holds_a_platform_role_twice on identity.platform_grant (user_id, role) where revoked_at is null;

commit;
