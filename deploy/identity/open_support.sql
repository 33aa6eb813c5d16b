-- Deploy smartattend:identity/open_support to pg
begin;
set local role smartattend_session;

create function identity.open_support(
  kind text, tenant_id uuid, member_id uuid, unit_id uuid, reason text, ticket text, lifetime interval, out token text, out session_id uuid,
  out expires_at timestamptz
)
returns record
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_platform identity.platform_session;
  v_now timestamptz;
begin
  -- Whoever ends the platform session finds this one, or this finds the end.
  select s.* into v_platform
  from identity.platform_session as s
  where s.user_id = v_actor.user_id and s.id = v_actor.session_id and v_actor.kind = 'platform'
  for no key update;
  if not found then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  v_now := core.clock();
  if v_platform.revoked_at is not null then
    perform core.fail('SA004', 'revoked', 'a live session');
  end if;
  if identity.is_span(open_support.lifetime, interval '1 minute', interval '60 minutes') is not true then
    perform core.fail('SA010', coalesce(open_support.lifetime::text, 'null'), '1 to 60 minutes');
  end if;
  open_support.session_id := core.uuid_v7();
  open_support.token := 'sa_' || replace(open_support.tenant_id::text, '-', '') || '_' || identity.new_secret();
  open_support.expires_at := least(v_now + open_support.lifetime, v_platform.expires_at);
  insert into identity.login_session (
    tenant_id, id, kind, user_id, unit_id, token_hash, created_at, expires_at, idle_timeout, last_seen_at, issued_because, platform_user_id,
    platform_session_id
  )
  values (
    open_support.tenant_id, open_support.session_id, case open_support.kind when 'break_glass' then 'break_glass' else 'user' end,
    open_support.member_id, open_support.unit_id, sha256(convert_to(open_support.token, 'UTF8')), v_now, open_support.expires_at,
    interval '15 minutes', v_now, open_support.reason, v_platform.user_id, v_platform.id
  );
  insert into identity.support_access (
    tenant_id, id, kind, user_id, person, platform_session_id, mfa_level, member_id, member_number, unit_id, reason, session_reason, ticket,
    begun_at, expires_at
  )
  select
    open_support.tenant_id, open_support.session_id, open_support.kind, v_platform.user_id, u.login, v_platform.id, v_platform.mfa_level,
    m.user_id, m.member_number, open_support.unit_id, open_support.reason, v_platform.reason,
    coalesce(open_support.ticket, v_platform.ticket), v_now, open_support.expires_at
  from identity."user" as u
  left join identity.membership as m on m.tenant_id = open_support.tenant_id and m.user_id = open_support.member_id
  where u.id = v_platform.user_id;
end $$;
comment on function identity.open_support(text, uuid, uuid, uuid, text, text, interval) is
  'Opens a sub-session of the bound platform session in a tenant, as a member (kind impersonation) or as an administrator (break_glass), and writes it into the tenant''s history, in one transaction. It lasts at most 60 minutes and never beyond the platform session. Answers its token, once. Errors SA004, SA010, SA104.';
grant execute on function identity.open_support(text, uuid, uuid, uuid, text, text, interval) to smartattend_owner;

commit;
