-- Deploy smartattend:api/has_permission to pg
begin;
set local role smartattend_owner;

create function api.has_permission(permission text, unit_id uuid default null, token text default null)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(has_permission.token);
begin
  return identity.holds(has_permission.permission, has_permission.unit_id);
end $$;
comment on function api.has_permission(text, uuid, text) is
  'Whether the session holds a permission now, for a unit or (null) for the whole tenant. For showing or hiding a button: every command asks again. Errors SA001–SA006.';
grant execute on function api.has_permission(text, uuid, text) to smartattend_app;

commit;
