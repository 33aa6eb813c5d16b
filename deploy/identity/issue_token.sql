-- Deploy smartattend:identity/issue_token to pg
begin;
set local role smartattend_session;

create function identity.new_secret()
returns text
language sql
volatile
as $$
  select pg_catalog.encode(
    pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid())), 'hex'
  )
$$;
comment on function identity.new_secret() is '64 hexadecimal digits from the server''s cryptographic random numbers.';

create function identity.login(
  tenant_slug text, login text, lifetime interval default '12 hours', idle_timeout interval default null, reason text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid;
  v_state text;
  v_gate text;
  v_member identity.membership;
  v_token text;
  v_now timestamptz;
begin
  select t.tenant_id, t.state, g.login into v_tenant_id, v_state, v_gate
  from tenancy.tenant as t
  inner join tenancy.gate as g on g.state = t.state
  where t.slug = login.tenant_slug;
  if not found then
    perform core.fail('SA011', coalesce(login.tenant_slug, 'null'), 'the slug of a tenant');
  end if;
  select m.* into v_member
  from identity.membership as m
  inner join identity."user" as u on u.id = m.user_id
  where m.tenant_id = v_tenant_id and (u.login = login.login or m.member_number = login.login)
  order by (u.login = login.login) desc
  limit 1
  for share of m; -- whoever ends the membership finds this session, or this finds the end
  if not found then
    perform core.fail('SA011', coalesce(login.login, 'null'), 'the login or member number of a member');
  end if;
  v_now := core.clock();
  if not (v_member.active_from <= v_now and coalesce(v_member.active_until, 'infinity') > v_now) then
    perform core.fail('SA005', 'a membership that is not active', 'an active membership');
  end if;
  if v_gate <> 'all' and not (v_gate = 'administrators' and identity.is_administrator(v_tenant_id, v_member.user_id)) then
    perform core.fail('SA005', 'tenant is ' || v_state, 'a tenant state that lets this person log in');
  end if;
  if identity.is_span(login.lifetime, interval '1 microsecond', interval '90 days') is not true then
    perform core.fail('SA010', coalesce(login.lifetime::text, 'null'), 'a lifetime above 0 and up to 90 days');
  end if;
  if identity.is_span(login.idle_timeout, interval '5 minutes', interval '90 days') is false then
    perform core.fail('SA010', 'idle_timeout ' || login.idle_timeout::text, '5 minutes to 90 days, or null');
  end if;
  if char_length(login.reason) > 2000 then
    perform core.fail('SA010', 'a reason of ' || char_length(login.reason) || ' characters', 'a reason of up to 2,000 characters, or null');
  end if;
  v_token := 'sa_' || replace(v_tenant_id::text, '-', '') || '_' || identity.new_secret();
  insert into identity.login_session (tenant_id, kind, user_id, token_hash, created_at, expires_at, idle_timeout, last_seen_at, issued_because)
  values (
    v_tenant_id, 'user', v_member.user_id, sha256(convert_to(v_token, 'UTF8')), v_now,
    least(v_now + login.lifetime, v_now + interval '90 days', v_member.active_until), login.idle_timeout, v_now, login.reason
  );
  return v_token;
end $$;
comment on function identity.login(text, text, interval, interval, text) is
  'Opens a login session for a member whose identity the caller has verified (single sign-on, a login service) and answers its token, once: only the SHA-256 stays. It ends with the membership at the latest. For members of smartattend_operator. Errors SA005, SA010, SA011.';

create function identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token text := 'sa_' || replace(open_device_session.tenant_id::text, '-', '') || '_' || identity.new_secret();
  v_now timestamptz := core.clock();
begin
  if identity.is_span(open_device_session.lifetime, interval '1 microsecond', interval '400 days') is not true then
    perform core.fail('SA010', coalesce(open_device_session.lifetime::text, 'null'), 'a lifetime above 0 and up to 400 days');
  end if;
  if char_length(open_device_session.reason) > 2000 then
    perform core.fail('SA010', 'a reason of ' || char_length(open_device_session.reason) || ' characters', 'a reason of up to 2,000 characters, or null');
  end if;
  insert into identity.login_session (tenant_id, kind, device_id, unit_id, token_hash, created_at, expires_at, last_seen_at, issued_because)
  values (
    open_device_session.tenant_id, 'device', open_device_session.device_id, open_device_session.unit_id,
    sha256(convert_to(v_token, 'UTF8')), v_now,
    least(v_now + open_device_session.lifetime, v_now + interval '400 days'), v_now, open_device_session.reason
  );
  return v_token;
end $$;
comment on function identity.open_device_session(uuid, uuid, uuid, interval, text) is
  'Opens a login session of a device within a unit; timing.login_device calls it. Error SA010.';

create function identity.revoke_token(token text, reason text default null)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if char_length(revoke_token.reason) > 2000 then
    perform core.fail('SA010', 'a reason of ' || char_length(revoke_token.reason) || ' characters', 'a reason of up to 2,000 characters, or null');
  end if;
  update identity.login_session as s
  set revoked_at = core.clock(), revoked_because = revoke_token.reason
  where s.tenant_id = identity.token_tenant(revoke_token.token)
    and s.token_hash = sha256(convert_to(revoke_token.token, 'UTF8'))
    and s.revoked_at is null;
  if found then
    return true;
  end if;
  update identity.platform_session as s
  set revoked_at = core.clock(), revoked_by = s.user_id, revoked_because = revoke_token.reason
  where s.token_hash = sha256(convert_to(revoke_token.token, 'UTF8')) and s.revoked_at is null;
  return found;
end $$;
comment on function identity.revoke_token(text, text) is
  'Ends the session of a token at once; who holds the token may do so. False when there was no live one. Error SA010 for a reason of more than 2,000 characters.';

grant execute on function identity.login(text, text, interval, interval, text) to smartattend_operator;
grant execute on function identity.open_device_session(uuid, uuid, uuid, interval, text) to smartattend_owner;
grant execute on function identity.revoke_token(text, text) to smartattend_operator, smartattend_app;

commit;
