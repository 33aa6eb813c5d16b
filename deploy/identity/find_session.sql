-- Deploy smartattend:identity/find_session to pg
begin;
set local role smartattend_session;

create function identity.token_tenant(token text)
returns uuid
language sql
immutable
as $$
  -- No regular expression: one with counts costs more than the rest of the verification. Trimming costs half of translate.
  select case
    when pg_catalog.octet_length(token_tenant.token) = 100
      and pg_catalog.ltrim(pg_catalog.substr(token_tenant.token, 4, 32), '0123456789abcdef') = ''
    then pg_catalog.substr(token_tenant.token, 4, 32)::uuid
  end
$$;
comment on function identity.token_tenant(text) is 'The tenant that a token sa_<tenant>_<secret> names, or null; it is a place to look, and proves nothing.';

create function identity.is_live(
  expires_at timestamptz, idle_timeout interval, last_seen_at timestamptz, revoked_at timestamptz, now timestamptz
)
returns boolean
language sql
stable
as $$
  select is_live.revoked_at is null
    and is_live.expires_at > is_live.now
    and (is_live.idle_timeout is null or is_live.last_seen_at > is_live.now - is_live.idle_timeout)
$$;
comment on function identity.is_live(timestamptz, interval, timestamptz, timestamptz, timestamptz) is
  'Whether a login session is neither revoked nor past its absolute or idle expiry.';

create function identity.find_session(tenant_id uuid, token_hash bytea, now timestamptz)
returns table (
  session_id uuid, kind text, user_id uuid, device_id uuid, unit_id uuid,
  expires_at timestamptz, idle_timeout interval, last_seen_at timestamptz, revoked_at timestamptz, login text, opens text,
  capture_read boolean, capture_write boolean, administration_read boolean, administration_write boolean, ordinary_read boolean,
  ordinary_write boolean, is_good boolean, platform_user_id uuid, platform_session_id uuid, tenant_state text
)
language sql
stable
as $$
  select s.id, case when s.kind = 'user' and s.platform_session_id is not null then 'impersonation' else s.kind end,
    coalesce(s.user_id, s.platform_user_id), s.device_id, s.unit_id,
    s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, g.login, g.opens,
    g.capture_read, g.capture_write, g.administration_read, g.administration_write, g.ordinary_read, g.ordinary_write,
    identity.is_live(s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, find_session.now) and g.login = 'all'
      and s.platform_session_id is null,
    s.platform_user_id, s.platform_session_id, t.state
  from identity.login_session as s
  inner join tenancy.tenant as t on t.tenant_id = s.tenant_id
  inner join tenancy.gate as g on g.state = t.state
  where s.tenant_id = find_session.tenant_id
    and s.token_hash = find_session.token_hash
$$;
comment on function identity.find_session(uuid, bytea, timestamptz) is
  'The login session of a token, by its tenant and its SHA-256, dead or alive, with the gate of its tenant''s state; is_good spares the further questions, which a sub-session of the platform always is asked. Inlined into the two verifiers.';

create function identity.is_behind(user_id uuid, session_id uuid, now timestamptz)
returns boolean
language sql
stable
as $$
  select exists (
    select from identity.platform_session as p
    where p.user_id = is_behind.user_id
      and p.id = is_behind.session_id
      and identity.is_live(p.expires_at, interval '15 minutes', p.last_seen_at, p.revoked_at, is_behind.now)
  )
$$;
comment on function identity.is_behind(uuid, uuid, timestamptz) is 'Whether the platform session behind a sub-session lives: a sub-session ends with it, however it ends.';

commit;
