-- Deploy smartattend:tenancy/tenant to pg
begin;
set local role smartattend_owner;

create table tenancy.tenant (
  tenant_id uuid not null default core.uuid_v7(),
  slug text not null,
  name text not null,
  platform text not null,
  time_zone text not null,
  is_sandbox boolean not null default false,
  state text not null default 'provisioning',
  state_via text not null default 'create',
  state_reason text,
  created_at timestamptz not null default core.clock(),
  constraint tenant_pkey primary key (tenant_id),
  constraint slug_is_unique unique (slug),
  constraint tenant_is_on_a_platform foreign key (platform) references tenancy.platform (platform),
  constraint slug_is_a_short_lower_case_word check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  constraint name_is_readable check (core.is_name(name)),
  constraint time_zone_is_iana check (core.is_time_zone(time_zone)),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table tenancy.tenant is 'A school or company whose record is kept apart from all others.';
comment on column tenancy.tenant.is_sandbox is 'Simulations may hurt it.';

create table tenancy.tenant_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint tenant_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id)
);
comment on table tenancy.tenant_transition is 'The lifecycle history of tenants, written by core.judge_transition.';

commit;
