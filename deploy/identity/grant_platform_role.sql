-- Deploy smartattend:identity/grant_platform_role to pg
begin;
set local role smartattend_session;

create function identity.lock_platform_roles(permission text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_now timestamptz;
begin
  -- Whoever grants or revokes follows whoever did it before: the whole set, in the order of its key.
  perform from identity.platform_grant as g order by g.user_id, g.id for no key update;
  v_now := core.clock();
  return exists (
    select from identity.platform_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where v_actor.kind = 'platform'
      and g.user_id = v_actor.user_id
      and p.permission = lock_platform_roles.permission
      and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
  );
end $$;
comment on function identity.lock_platform_roles(text) is
  'Locks every platform role in the order of their keys, and tells whether the bound platform person holds the permission still.';

create function identity.grant_platform_role(login text, role text, ends_at timestamptz, reason text, ticket text, asked jsonb)
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
  v_user_id uuid;
  v_id uuid;
  v_superadmins integer;
  v_proposer uuid;
begin
  if not identity.lock_platform_roles('platform.grant') then
    v_outcome := core.refused('SA104', '{"expected": "platform.grant"}');
    return v_outcome;
  end if;
  v_now := core.clock();
  select u.id into v_user_id from identity."user" as u where u.login = grant_platform_role.login;
  if v_user_id = v_actor.user_id then
    v_outcome := core.refused('SA105', jsonb_build_object('observed', 'a role for oneself', 'expected', 'another superadmin'));
    return v_outcome;
  end if;
  if exists (
    select from identity.platform_grant as g
    where g.user_id = v_user_id and g.role = grant_platform_role.role and g.revoked_at is null and g.ends_at > v_now
  ) then
    v_outcome := core.refused('SA112', jsonb_build_object('observed', 'a live grant', 'expected', 'a person without this role'));
    return v_outcome;
  end if;
  if grant_platform_role.role = 'superadmin' then
    select count(*) into v_superadmins
    from identity.platform_grant as g
    where g.role = 'superadmin' and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now;
    if v_superadmins > 1 then
      -- The first asks and is refused; whoever repeats it word for word within a day is the second.
      select a.user_id into v_proposer
      from identity.platform_action as a
      inner join identity.platform_grant as g
        on g.user_id = a.user_id and g.role = 'superadmin' and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
      where a.command = 'platform_grant'
        and a.code = 'SA114'
        and a.after = grant_platform_role.asked
        and a.user_id not in (v_actor.user_id, coalesce(v_user_id, '00000000-0000-0000-0000-000000000000'))
        and a.recorded_at > v_now - interval '24 hours'
        and not exists (
          select from identity.platform_action as b
          where b.command = 'platform_grant' and b.status = 'accepted' and b.after = a.after and b.recorded_at >= a.recorded_at
        )
      order by a.recorded_at
      limit 1;
      if not found then
        v_outcome := core.refused('SA114', jsonb_build_object('expected', 'the same command by another superadmin within 24 hours'));
        return v_outcome;
      end if;
    end if;
  end if;
  if v_user_id is null then
    insert into identity."user" (login) values (grant_platform_role.login)
    on conflict on constraint login_is_unique do nothing;
    select u.id into v_user_id from identity."user" as u where u.login = grant_platform_role.login;
  end if;
  -- What has ended is closed, so that the index of live grants lets the next one in.
  update identity.platform_grant as g
  set revoked_at = v_now, revoked_because = 'it had ended'
  where g.user_id = v_user_id and g.role = grant_platform_role.role and g.revoked_at is null;
  insert into identity.platform_grant (user_id, role, starts_at, ends_at, granted_by, proposed_by, session_id, reason, ticket, granted_at)
  values (
    v_user_id, grant_platform_role.role, v_now, grant_platform_role.ends_at, v_actor.user_id, v_proposer, v_actor.session_id,
    grant_platform_role.reason, grant_platform_role.ticket, v_now
  )
  returning id into v_id;
  v_outcome := core.accepted(v_id, null, jsonb_build_object('user_id', v_user_id, 'role', grant_platform_role.role, 'proposed_by', v_proposer));
  return v_outcome;
end $$;
comment on function identity.grant_platform_role(text, text, timestamptz, text, text, jsonb) is
  'What api.platform_grant does: judges under lock and grants. asked is what identity.platform_action keeps of the command, by which the second superadmin''s repeat is known. Refusals SA104, SA105, SA112, SA114.';

create function identity.revoke_platform_role(login text, role text, reason text)
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
  v_grant identity.platform_grant;
begin
  if not identity.lock_platform_roles('platform.grant') then
    v_outcome := core.refused('SA104', '{"expected": "platform.grant"}');
    return v_outcome;
  end if;
  v_now := core.clock();
  select g.* into v_grant
  from identity.platform_grant as g
  inner join identity."user" as u on u.id = g.user_id
  where u.login = revoke_platform_role.login and g.role = revoke_platform_role.role and g.revoked_at is null and g.ends_at > v_now;
  if not found then
    perform core.fail('SA011', coalesce(revoke_platform_role.login, 'null') || ' as ' || coalesce(revoke_platform_role.role, 'null'), 'a person with this live platform role');
  end if;
  if v_grant.user_id = v_actor.user_id then
    v_outcome := core.refused('SA105', jsonb_build_object('observed', 'the own role', 'expected', 'another superadmin'));
    return v_outcome;
  end if;
  if v_grant.role = 'superadmin' and not exists (
    select from identity.platform_grant as g
    where g.role = 'superadmin' and g.id <> v_grant.id and g.revoked_at is null and g.starts_at <= v_now and g.ends_at = 'infinity'
  ) then
    v_outcome := core.refused('SA130', jsonb_build_object('expected', 'another superadmin without an end'));
    return v_outcome;
  end if;
  update identity.platform_grant as g
  set revoked_at = v_now, revoked_by = v_actor.user_id, revoked_because = revoke_platform_role.reason
  where g.user_id = v_grant.user_id and g.id = v_grant.id;
  v_outcome := core.accepted(
    v_grant.id, null,
    jsonb_build_object('user_id', v_grant.user_id, 'role', v_grant.role, 'starts_at', v_grant.starts_at, 'ends_at', v_grant.ends_at, 'revoked_at', v_now)
  );
  return v_outcome;
end $$;
comment on function identity.revoke_platform_role(text, text, text) is
  'What api.platform_revoke does: judges under lock and revokes, which ends the person''s sessions. One superadmin without an end stays. Error SA011; refusals SA104, SA105, SA130.';

grant execute on function
  identity.grant_platform_role(text, text, timestamptz, text, text, jsonb), identity.revoke_platform_role(text, text, text)
to smartattend_owner;

commit;
