-- Deploy smartattend:identity/superadmin to pg
begin;
set local role smartattend_session;

create function identity.bootstrap_superadmin(login text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
begin
  if coalesce(bootstrap_superadmin.login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'login ' || coalesce(bootstrap_superadmin.login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  lock table identity.platform_grant in share row exclusive mode;
  if exists (
    select from identity.platform_grant as g
    where g.role = 'superadmin' and g.revoked_at is null and g.ends_at > core.clock()
  ) then
    perform core.fail('SA112', 'a live superadmin', 'none: only the first is made this way');
  end if;
  insert into identity."user" (login) values (bootstrap_superadmin.login)
  on conflict on constraint login_is_unique do nothing;
  select u.id into v_user_id from identity."user" as u where u.login = bootstrap_superadmin.login;
  insert into identity.platform_grant (user_id, role) values (v_user_id, 'superadmin');
  return v_user_id;
end $$;
comment on function identity.bootstrap_superadmin(text) is
  'Makes the first superadmin of this database; refuses when there is a live one. For the deployer. Errors SA010, SA112.';

create function identity.login_platform(login text, reason text, ticket text, mfa_level integer default 1, lifetime interval default '1 hour')
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid;
  v_token text := 'sa_platform_' || identity.new_secret();
  v_now timestamptz;
  v_until timestamptz;
begin
  select u.id into v_user_id from identity."user" as u where u.login = login_platform.login;
  -- Two log-ins of one person follow each other, and whoever takes a role away is waited for.
  perform from identity.platform_grant as g where g.user_id = v_user_id order by g.id for no key update;
  v_now := core.clock();
  select min(g.ends_at) into v_until
  from identity.platform_grant as g
  where g.user_id = v_user_id and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now;
  if v_until is null then
    perform core.fail('SA011', coalesce(login_platform.login, 'null'), 'the login of a person with a platform role');
  end if;
  if core.is_reason(login_platform.reason) is not true then
    perform core.fail('SA013', coalesce(login_platform.reason, 'null'), 'a reason of 10 to 2,000 characters');
  end if;
  if core.is_code(login_platform.ticket) is not true then
    perform core.fail('SA012', coalesce(login_platform.ticket, 'null'), 'the ticket that asks for this session');
  end if;
  if coalesce(login_platform.mfa_level between 1 and 3, false) is false then
    perform core.fail('SA010', 'mfa_level ' || coalesce(login_platform.mfa_level::text, 'null'), '1 to 3');
  end if;
  if identity.is_span(login_platform.lifetime, interval '1 microsecond', interval '8 hours') is not true then
    perform core.fail('SA010', 'lifetime ' || coalesce(login_platform.lifetime::text, 'null'), 'above 0 and up to 8 hours');
  end if;
  update identity.platform_session as s
  set revoked_at = v_now, revoked_by = v_user_id, revoked_because = 'the person logged in again'
  where s.user_id = v_user_id and s.revoked_at is null;
  insert into identity.platform_session (user_id, token_hash, reason, ticket, mfa_level, created_at, expires_at, last_seen_at)
  values (
    v_user_id, sha256(convert_to(v_token, 'UTF8')), login_platform.reason, login_platform.ticket, login_platform.mfa_level, v_now,
    least(v_now + login_platform.lifetime, v_until), v_now
  );
  return v_token;
end $$;
comment on function identity.login_platform(text, text, text, integer, interval) is
  'Opens a platform session and ends the person''s earlier one; answers its token, once. It ends at the latest when the first of the person''s roles does. For members of smartattend_operator. Errors SA010, SA011, SA012, SA013.';

grant execute on function identity.bootstrap_superadmin(text) to smartattend_deployer;
grant execute on function identity.login_platform(text, text, text, integer, interval) to smartattend_operator;

commit;
