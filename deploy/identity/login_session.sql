-- Deploy smartattend:identity/login_session to pg
begin;
set local role smartattend_owner;
grant references on tenancy.tenant, identity."user", identity.membership to smartattend_session;
set local role smartattend_session;

create table identity.login_session (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  kind text not null,
  user_id uuid,
  device_id uuid,
  unit_id uuid,
  token_hash bytea not null,
  created_at timestamptz not null default core.clock(),
  expires_at timestamptz not null,
  idle_timeout interval,
  last_seen_at timestamptz not null default core.clock(),
  revoked_at timestamptz,
  revoked_because text,
  issued_by text not null default session_user,
  issued_because text,
  client_address inet default inet_client_addr(),
  constraint login_session_pkey primary key (tenant_id, id),
  constraint token_is_unique unique (tenant_id, token_hash),
  constraint session_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint session_belongs_to_a_member foreign key (tenant_id, user_id) references identity.membership (tenant_id, user_id),
  constraint kind_is_user_or_device check (kind in ('user', 'device')),
  constraint a_user_session_has_a_user check (kind <> 'user' or user_id is not null),
  constraint a_device_session_has_a_device_and_its_unit check (
    kind <> 'device' or (device_id is not null and unit_id is not null and user_id is null)
  ),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint it_ends_after_it_begins check (expires_at > created_at)
);
comment on table identity.login_session is
  'Login sessions of people and devices. Only the SHA-256 of the token is stored. Read by its owner alone, which the token verifier runs as.';
comment on column identity.login_session.unit_id is 'A device session acts within this unit.';
create index login_session_member on identity.login_session (tenant_id, user_id);

create table identity.platform_session (
  user_id uuid not null,
  id uuid not null default core.uuid_v7(),
  token_hash bytea not null,
  reason text not null,
  ticket text not null,
  mfa_level integer not null,
  created_at timestamptz not null default core.clock(),
  expires_at timestamptz not null,
  last_seen_at timestamptz not null default core.clock(),
  revoked_at timestamptz,
  issued_by text not null default session_user,
  client_address inet default inet_client_addr(),
  constraint platform_session_pkey primary key (user_id, id),
  constraint platform_token_is_unique unique (token_hash),
  constraint platform_session_belongs_to_a_user foreign key (user_id) references identity."user" (id),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint ticket_is_a_code check (core.is_code(ticket)),
  constraint mfa_level_is_1_to_3 check (mfa_level between 1 and 3),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint it_lasts_at_most_8_hours check (expires_at > created_at and expires_at <= created_at + interval '8 hours')
);
comment on table identity.platform_session is
  'Sessions of superadmins and other platform roles: with reason, ticket and level of multi-factor authentication; at most 8 hours, 15 minutes idle, one live per person.';
create unique index a_person_has_one_live_platform_session on identity.platform_session (user_id) where revoked_at is null;

alter table identity.login_session enable row level security;
alter table identity.login_session force row level security;
create policy session_is_the_only_reader on identity.login_session
for all to smartattend_session
using (true)
with check (true);
alter table identity.platform_session enable row level security;
alter table identity.platform_session force row level security;
create policy session_is_the_only_reader on identity.platform_session
for all to smartattend_session
using (true)
with check (true);

commit;
