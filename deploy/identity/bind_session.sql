-- Deploy smartattend:identity/bind_session to pg
begin;
set local role smartattend_session;

create function identity.bind_session(token text default null)
returns core.actor
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token text := bind_session.token;
  v_now timestamptz := core.clock();
  v_tenant_id uuid;
  v_session record;
  v_actor core.actor;
  v_bound integer;
  v_revoked timestamptz;
begin
  if v_token is null then
    v_token := nullif(current_setting('smartattend.token', true), '');
  end if;
  v_tenant_id := identity.token_tenant(v_token);
  select s.* into v_session from identity.find_session(v_tenant_id, sha256(convert_to(v_token, 'UTF8')), v_now) as s;
  -- One question where all is well; what is wrong is asked only then.
  if (v_session.is_good and current_setting('transaction_isolation') = 'read committed') is not true then
    if current_setting('transaction_isolation') <> 'read committed' then
      perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
    elsif v_token is null then
      perform core.fail('SA001', 'no token', 'token => sa_<tenant>_<secret>');
    elsif v_session.session_id is null then
      perform core.fail('SA002', 'an unknown token', 'the token of a login session');
    elsif v_session.revoked_at is not null then
      perform core.fail('SA004', 'revoked at ' || v_session.revoked_at::text, 'a live session');
    elsif not identity.is_live(v_session.expires_at, v_session.idle_timeout, v_session.last_seen_at, null, v_now) then
      perform core.fail('SA003', 'expired', 'a live session');
    elsif v_session.login <> 'all' and not (v_session.login = 'administrators' and identity.is_administrator(v_tenant_id, v_session.user_id))
      and not (v_session.kind = 'break_glass' and v_session.tenant_state <> 'purged')
    then
      perform core.fail('SA005', 'login is open to ' || v_session.login, 'a tenant state that lets this person log in');
    end if;
    if v_session.platform_session_id is not null then
      if not identity.is_behind(v_session.platform_user_id, v_session.platform_session_id, v_now) then
        select p.revoked_at into v_revoked
        from identity.platform_session as p
        where p.user_id = v_session.platform_user_id and p.id = v_session.platform_session_id;
        perform core.fail(case when v_revoked is null then 'SA003' else 'SA004' end, 'the platform session behind it has ended', 'a live session');
      end if;
      -- Its use is the use of the session behind it.
      update identity.platform_session as p
      set last_seen_at = v_now
      where p.user_id = v_session.platform_user_id and p.id = v_session.platform_session_id and p.last_seen_at < v_now - interval '1 minute';
      -- Support writes no attendance, neither as a member nor for one; behind broken glass there is administration alone, in whatever state.
      v_session.capture_write := false;
      if v_session.kind = 'break_glass' then
        v_session.capture_read := false;
        v_session.ordinary_read := false;
        v_session.ordinary_write := false;
        v_session.administration_read := true;
        v_session.administration_write := true;
      end if;
    end if;
  end if;
  v_actor := (
    v_tenant_id, v_session.user_id, v_session.session_id, v_session.device_id, v_session.unit_id, v_session.kind, date_part('epoch', v_now) * 1000000
  );
  v_bound := core.bind(
    v_tenant_id::text, v_session.capture_read, v_session.capture_write, v_session.administration_read, v_session.administration_write,
    v_session.ordinary_read, v_session.ordinary_write, v_actor
  );
  if v_session.last_seen_at < v_now - interval '1 minute' then
    -- At most once a minute, and never waiting for another caller that does the same.
    update identity.login_session as s
    set last_seen_at = v_now
    where (s.tenant_id, s.id) in (
      select l.tenant_id, l.id
      from identity.login_session as l
      where l.tenant_id = v_tenant_id and l.id = v_session.session_id
      for no key update skip locked
    );
  end if;
  return v_actor;
end $$;
comment on function identity.bind_session(text) is
  'The first statement of every procedure of api: verifies the token (or the setting smartattend.token) once and binds tenant, gate and actor for this transaction, overwriting what the caller had set. Errors SA001 to SA006.';
grant execute on function identity.bind_session(text) to smartattend_owner;

commit;
