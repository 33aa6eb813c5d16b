-- Deploy smartattend:identity/platform_tenant to pg
begin;
set local role smartattend_session;

create function identity.platform_tenant(permission text)
returns uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select '00000000-0000-0000-0000-000000000000'::uuid
  from identity.platform_session as s
  inner join identity.platform_grant as g on g.user_id = s.user_id
  inner join identity.role_permission as p on p.role = g.role
  inner join identity.permission as n on n.permission = p.permission
  where s.token_hash = sha256(convert_to(nullif(current_setting('smartattend.token', true), ''), 'UTF8'))
    and identity.is_live(s.expires_at, interval '15 minutes', s.last_seen_at, s.revoked_at, core.clock())
    and p.permission = platform_tenant.permission
    and g.revoked_at is null
    and g.starts_at <= core.clock()
    and g.ends_at > core.clock()
    and s.mfa_level >= n.mfa_at_least
  limit 1
$$;
comment on function identity.platform_tenant(text) is
  'The nil UUID, which is the tenant of what concerns the platform, if the token in smartattend.token is a live platform session that holds the permission; otherwise null, and no row is seen. For policies.';
grant execute on function identity.platform_tenant(text) to smartattend_app, smartattend_auditor;

commit;
