-- Deploy smartattend:identity/last_seen to pg
begin;
set local role smartattend_session;

create function identity.was_seen(user_id uuid, since timestamptz, until timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from identity.login_session as s
    where s.tenant_id = (select core.bound_tenant())
      and s.user_id = was_seen.user_id
      and s.created_at > was_seen.since - interval '91 days' -- which is the longest that a session lasts
      and s.created_at <= was_seen.until
      and s.last_seen_at > was_seen.since
  )
$$;
comment on function identity.was_seen(uuid, timestamptz, timestamptz) is
  'Whether a person of the bound tenant has been in a session that began before an instant and was in use after another one.';

create function identity.is_session_of(session_id uuid, user_id uuid, at timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from identity.login_session as s
    where s.tenant_id = (select core.bound_tenant()) and s.id = is_session_of.session_id and s.user_id = is_session_of.user_id
      and s.created_at <= is_session_of.at and s.expires_at > is_session_of.at and coalesce(s.revoked_at, 'infinity') >= is_session_of.at
  )
$$;
comment on function identity.is_session_of(uuid, uuid, timestamptz) is
  'Whether a login session of the bound tenant is this person''s and was live at an instant: what a decision that somebody wrote by hand does not have.';

grant execute on function identity.was_seen(uuid, timestamptz, timestamptz), identity.is_session_of(uuid, uuid, timestamptz) to smartattend_owner;

commit;
