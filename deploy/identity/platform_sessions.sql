-- Deploy smartattend:identity/platform_sessions to pg
begin;
set local role smartattend_session;

create function identity.revoke_platform_session(session_id uuid, reason text)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_outcome core.outcome;
  v_now timestamptz;
  v_session identity.platform_session;
begin
  if v_actor.kind is distinct from 'platform' then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  select s.* into v_session
  from identity.platform_session as s
  where s.id = revoke_platform_session.session_id
  for no key update;
  if not found then
    perform core.fail('SA011', coalesce(revoke_platform_session.session_id::text, 'null'), 'a platform session');
  end if;
  v_now := core.clock();
  if v_session.user_id = v_actor.user_id then
    v_outcome := core.refused('SA105', jsonb_build_object('observed', 'the own session', 'expected', 'another person, or identity.revoke_token'));
    return v_outcome;
  end if;
  if not identity.is_live(v_session.expires_at, interval '15 minutes', v_session.last_seen_at, v_session.revoked_at, v_now) then
    v_outcome := core.refused('SA101', jsonb_build_object('observed', 'a session that has ended', 'expected', 'a live session'));
    return v_outcome;
  end if;
  update identity.platform_session as s
  set revoked_at = v_now, revoked_by = v_actor.user_id, revoked_because = revoke_platform_session.reason
  where s.user_id = v_session.user_id and s.id = v_session.id;
  v_outcome := core.accepted(
    v_session.id, null,
    jsonb_build_object(
      'user_id', v_session.user_id, 'reason', v_session.reason, 'ticket', v_session.ticket, 'created_at', v_session.created_at,
      'expires_at', v_session.expires_at, 'revoked_at', v_now
    )
  );
  return v_outcome;
end $$;
comment on function identity.revoke_platform_session(uuid, text) is
  'What api.platform_session_revoke does: ends another person''s live platform session and everything beneath it. Errors SA011, SA104; refusals SA101, SA105.';
grant execute on function identity.revoke_platform_session(uuid, text) to smartattend_owner;

create function identity.live_platform_sessions()
returns table (
  session_id uuid, user_id uuid, login text, roles text[], mfa_level integer, reason text, ticket text, created_at timestamptz,
  last_seen_at timestamptz, expires_at timestamptz, client_address inet, access jsonb
)
language plpgsql
stable
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  return query
  select
    s.id, s.user_id, u.login,
    array(
      select g.role from identity.platform_grant as g
      where g.user_id = s.user_id and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
      order by g.role
    ),
    s.mfa_level, s.reason, s.ticket, s.created_at, s.last_seen_at, s.expires_at, s.client_address,
    (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('id', a.id, 'tenant_id', a.tenant_id, 'kind', a.kind, 'member_number', a.member_number, 'expires_at', l.expires_at)
          order by a.begun_at
        ),
        '[]'
      )
      from identity.login_session as l
      inner join identity.support_access as a on a.tenant_id = l.tenant_id and a.id = l.id
      where l.platform_session_id = s.id and identity.is_live(l.expires_at, l.idle_timeout, l.last_seen_at, l.revoked_at, v_now)
    )
  from identity.platform_session as s
  inner join identity."user" as u on u.id = s.user_id
  where s.revoked_at is null and identity.is_live(s.expires_at, interval '15 minutes', s.last_seen_at, null, v_now)
  order by s.created_at, u.login;
end $$;
comment on function identity.live_platform_sessions() is
  'The platform sessions that live now, with their roles and the tenants they are inside of, for a bound platform session. Error SA104.';
grant execute on function identity.live_platform_sessions() to smartattend_owner;

commit;
