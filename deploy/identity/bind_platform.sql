-- Deploy smartattend:identity/bind_platform to pg
begin;
set local role smartattend_session;

create function identity.bind_platform(token text, permission text)
returns core.actor
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token text := coalesce(bind_platform.token, nullif(current_setting('smartattend.token', true), ''));
  v_now timestamptz := core.clock();
  v_session identity.platform_session;
  v_actor core.actor;
  v_bound integer;
  v_mfa_level integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  if v_token is null then
    perform core.fail('SA001', 'no token', 'token => sa_platform_<secret>');
  end if;
  select s.* into v_session
  from identity.platform_session as s
  where s.token_hash = sha256(convert_to(v_token, 'UTF8'));
  if not found then
    perform core.fail('SA002', 'an unknown token', 'the token of a platform session');
  end if;
  if not identity.is_live(v_session.expires_at, interval '15 minutes', v_session.last_seen_at, null, v_now) then
    perform core.fail('SA003', 'expired', 'a live session: 15 minutes idle, 8 hours in all');
  end if;
  if v_session.revoked_at is not null then
    perform core.fail('SA004', 'revoked', 'a live session');
  end if;
  -- A command that ends others' sessions or locks roles must not hold its own session meanwhile, which another one of them may want to end:
  -- two would wait for each other. identity.finish_platform notes at its end that it is in use.
  if bind_platform.permission not in ('platform.grant', 'tenant.operate') then
    update identity.platform_session as s
    set last_seen_at = v_now
    where s.user_id = v_session.user_id and s.id = v_session.id and s.last_seen_at < v_now - interval '1 minute';
  end if;
  v_actor := (null, v_session.user_id, v_session.id, null, null, 'platform', date_part('epoch', v_now) * 1000000);
  v_bound := core.bind(null, '', v_actor);
  select n.mfa_at_least into v_mfa_level
  from identity.platform_grant as g
  inner join identity.role_permission as p on p.role = g.role
  inner join identity.permission as n on n.permission = p.permission
  where g.user_id = v_session.user_id
    and p.permission = bind_platform.permission
    and g.revoked_at is null
    and g.starts_at <= v_now and g.ends_at > v_now
  limit 1;
  if not found then
    perform core.fail('SA104', 'a session without ' || bind_platform.permission, 'a platform role that holds ' || bind_platform.permission);
  elsif v_session.mfa_level < v_mfa_level then
    perform core.fail(
      'SA104', 'a session with MFA level ' || v_session.mfa_level, format('MFA level %s for %s: log in again', v_mfa_level, bind_platform.permission)
    );
  end if;
  return v_actor;
end $$;
comment on function identity.bind_platform(text, text) is
  'The first statement of a platform procedure: verifies the platform token and the permission, binds the actor and no tenant. Errors SA001 to SA006, SA104.';
grant execute on function identity.bind_platform(text, text) to smartattend_owner;

create function identity.bind_target(tenant_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bound integer;
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'a session of a tenant', 'a platform session');
  end if;
  v_bound := core.bind(
    bind_target.tenant_id, case when bind_target.tenant_id is null then '' else 'administration_read administration_write' end, core.actor()
  );
end $$;
comment on function identity.bind_target(uuid) is
  'Binds the tenant that a platform procedure works on (null: none), for administration only: the platform reads no attendance.';
grant execute on function identity.bind_target(uuid) to smartattend_owner;

commit;
