-- Deploy smartattend:identity/current_session to pg
begin;
set local role smartattend_session;

create function identity.current_session()
returns table (tenant_id uuid, user_id uuid, session_id uuid, device_id uuid, unit_id uuid, kind text, opens text)
language plpgsql
stable
security definer
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token text := nullif(current_setting('smartattend.token', true), '');
  v_tenant_id uuid := identity.token_tenant(v_token);
  v_hash bytea := sha256(convert_to(v_token, 'UTF8'));
begin
  return query
  select
    v_tenant_id, s.user_id, s.session_id, s.device_id, s.unit_id, s.kind,
    case when s.kind = 'break_glass' then 'administration_read administration_write' else s.opens end
  from identity.find_session(v_tenant_id, v_hash, core.clock()) as s
  where identity.is_live(s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, core.clock())
    and (s.platform_session_id is null or identity.is_behind(s.platform_user_id, s.platform_session_id, core.clock()))
    and (
      s.login = 'all'
      or (s.login = 'administrators' and identity.is_administrator(v_tenant_id, s.user_id))
      or (s.kind = 'break_glass' and s.tenant_state <> 'purged')
    );
end $$;
comment on function identity.current_session() is
  'The session of the token in smartattend.token, verified at every call; no row without a live one. The policies of roles that can run SQL of their own stand on it: setting a tenant by hand does nothing.';

create function identity.session_tenant(gate text)
returns uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.tenant_id from identity.current_session() as s where strpos(s.opens, session_tenant.gate) > 0
$$;
comment on function identity.session_tenant(text) is 'The verified session''s tenant, if its lifecycle state opens the gate; otherwise null, and no row is seen.';

create function identity.session_user_id()
returns uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select s.user_id from identity.current_session() as s $$;
comment on function identity.session_user_id() is 'The verified session''s person.';

create function identity.session_holds(permission text)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select
    from identity.current_session() as s
    inner join identity.permission as n on n.permission = session_holds.permission
    where case s.kind when 'break_glass' then n.under_break_glass when 'impersonation' then n.under_impersonation and s.unit_id is null else true end
      and (
        s.kind = 'break_glass'
        or exists (
          select
          from identity.role_grant as g
          inner join identity.role_permission as p on p.role = g.role
          where g.tenant_id = s.tenant_id
            and g.user_id = s.user_id
            and p.permission = session_holds.permission
            and g.unit_id is null
            and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
            and g.starts_at <= core.clock()
            and g.ends_at > core.clock()
        )
      )
  )
$$;
comment on function identity.session_holds(text) is 'Whether the verified session holds a permission for its whole tenant.';

create function identity.session_units(permission text)
returns setof uuid
language sql
stable
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
  select u.id
  from identity.current_session() as s
  inner join identity.role_grant as g on g.tenant_id = s.tenant_id and g.user_id = s.user_id
  inner join identity.role_permission as p on p.role = g.role
  inner join identity.permission as n on n.permission = p.permission and (s.kind = 'user' or (s.kind = 'impersonation' and n.under_impersonation))
  -- of a grant for the whole tenant an impersonation within a unit keeps that unit
  inner join tenancy.unit as u
    on u.tenant_id = g.tenant_id
    and coalesce(g.unit_id, s.unit_id) = any (u.ancestors)
    and (s.unit_id is null or s.unit_id = any (u.ancestors))
  where p.permission = session_units.permission
    and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
    and g.starts_at <= core.clock()
    and g.ends_at > core.clock()
$$;
comment on function identity.session_units(text) is
  'The units in which the verified session holds a permission, with everything beneath them; a grant for the whole tenant is session_holds.';

grant execute on function
  identity.current_session(), identity.session_tenant(text), identity.session_user_id(), identity.session_holds(text),
  identity.session_units(text)
to smartattend_app, smartattend_auditor;

commit;
