-- Deploy smartattend:identity/login_session to pg
begin;
set local role smartattend_owner;
grant references on tenancy.tenant, identity."user", identity.membership to smartattend_session;
set local role smartattend_session;

create function identity.is_span(value interval, shortest interval, longest interval)
returns boolean
language sql
immutable
as $$
  select is_span.value between is_span.shortest and is_span.longest
    and least(
      pg_catalog.date_part('year', is_span.value), pg_catalog.date_part('month', is_span.value), pg_catalog.date_part('day', is_span.value),
      pg_catalog.date_part('hour', is_span.value), pg_catalog.date_part('minute', is_span.value), pg_catalog.date_part('second', is_span.value)
    ) >= 0
$$;
comment on function identity.is_span(interval, interval, interval) is
  'Whether a span of time lies between two others and has no negative part: ''-71582788 months 2147483647 days'' compares as a week, and no instant can bear its addition. Null for null.';

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
  revoked_by uuid,
  revoked_because text,
  issued_by text not null default session_user,
  client_address inet default inet_client_addr(),
  constraint platform_session_pkey primary key (user_id, id),
  constraint platform_token_is_unique unique (token_hash),
  constraint platform_session_belongs_to_a_user foreign key (user_id) references identity."user" (id),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint ticket_is_a_code check (core.is_code(ticket)),
  constraint mfa_level_is_1_to_3 check (mfa_level between 1 and 3),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint revoked_because_has_at_most_2000_characters check (char_length(revoked_because) <= 2000),
  constraint it_lasts_at_most_8_hours check (expires_at > created_at and expires_at <= created_at + interval '8 hours')
);
comment on table identity.platform_session is
  'Sessions of superadmins and other platform roles: with reason, ticket and level of multi-factor authentication; at most 8 hours, 15 minutes idle, one live per person.';
create unique index a_person_has_one_live_platform_session on identity.platform_session (user_id) where revoked_at is null;
create index platform_session_id on identity.platform_session (id);

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
  platform_user_id uuid,
  platform_session_id uuid,
  client_address inet default inet_client_addr(),
  constraint login_session_pkey primary key (tenant_id, id),
  constraint token_is_unique unique (tenant_id, token_hash),
  constraint session_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint session_belongs_to_a_member foreign key (tenant_id, user_id) references identity.membership (tenant_id, user_id),
  constraint kind_is_known check (kind in ('user', 'device', 'break_glass')),
  constraint a_user_session_has_a_user check (kind <> 'user' or user_id is not null),
  constraint a_device_session_has_a_device_and_its_unit check (
    kind <> 'device' or (device_id is not null and unit_id is not null and user_id is null)
  ),
  constraint the_platform_session_behind_it_is_there foreign key (platform_user_id, platform_session_id)
  references identity.platform_session (user_id, id),
  constraint break_glass_is_the_platform_s_and_nobody_s check (
    kind <> 'break_glass' or (platform_session_id is not null and num_nulls(user_id, device_id, unit_id) = 3)
  ),
  constraint the_platform_is_behind_it_wholly_and_for_a_reason check (
    num_nulls(platform_user_id, platform_session_id) = 2
    or (num_nulls(platform_user_id, platform_session_id) = 0 and kind <> 'device' and issued_because is not null)
  ),
  constraint support_lasts_at_most_60_minutes check (platform_session_id is null or expires_at <= created_at + interval '60 minutes'),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint it_ends_after_it_begins check (expires_at > created_at),
  -- A day more than the functions allow: what was 90 days at a clock change may be 90 days and an hour.
  constraint it_lasts_at_most_90_days_or_400_for_a_device check (
    expires_at - created_at <= case kind when 'device' then interval '401 days' else interval '91 days' end
  ),
  constraint idle_timeout_is_5_minutes_to_90_days check (identity.is_span(idle_timeout, interval '5 minutes', interval '90 days')),
  constraint issued_because_has_at_most_2000_characters check (char_length(issued_because) <= 2000),
  constraint revoked_because_has_at_most_2000_characters check (char_length(revoked_because) <= 2000)
);
comment on table identity.login_session is
  'Login sessions of people and devices. Only the SHA-256 of the token is stored. Read by its owner alone, which the token verifier runs as.';
comment on column identity.login_session.unit_id is 'A device session acts within this unit, and an impersonation (null: wherever the member may).';
comment on column identity.login_session.platform_session_id is
  'The platform session behind a sub-session: the platform acts as the member user_id (kind user: impersonation), or as an administrator (kind break_glass: nobody''s membership). It never lives longer.';
comment on column identity.login_session.idle_timeout is
  'Null: none. Not below 5 minutes, since last_seen_at is written once a minute: a shorter one would end a session in use.';
create index login_session_member on identity.login_session (tenant_id, user_id, created_at);
create index login_session_of_the_platform on identity.login_session (platform_session_id) where platform_session_id is not null;

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
