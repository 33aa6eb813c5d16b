-- Deploy smartattend:api/platform_sessions to pg
begin;
set local role smartattend_owner;

create function api.platform_sessions(token text default null)
returns table (
  session_id uuid, user_id uuid, login text, roles text[], mfa_level integer, reason text, ticket text, created_at timestamptz,
  last_seen_at timestamptz, expires_at timestamptz, client_address inet, access jsonb
)
language plpgsql
volatile
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_sessions.token, 'tenant.audit');

begin
  return query select s.* from identity.live_platform_sessions() as s;
end $$;
comment on function api.platform_sessions(text) is
  'The platform sessions that live now, with roles, reason, ticket, MFA level, address and the tenants that they are inside of. Platform session with tenant.audit. Errors SA001–SA006, SA104.';
grant execute on function api.platform_sessions(text) to smartattend_app, smartattend_operator;

commit;
