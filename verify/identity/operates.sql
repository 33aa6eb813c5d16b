-- Verify smartattend:identity/operates on pg
begin;
set local role smartattend_session;

select
  pg_get_functiondef('identity.operates(uuid, text, timestamptz)'::regprocedure),
  pg_get_functiondef('identity.tenants()'::regprocedure);

do $$
begin
  assert has_function_privilege('smartattend_owner', 'identity.operates(uuid, text, timestamptz)', 'execute'), 'the owner asks who operates';
  assert not has_function_privilege('smartattend_app', 'identity.tenants()', 'execute'), 'the application does not list tenants';
end $$;

rollback;
