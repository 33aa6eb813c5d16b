-- Verify smartattend:identity/erase on pg
begin;
set local role smartattend_session;

select
  pg_get_functiondef('identity.bind_erasure(uuid)'::regprocedure),
  pg_get_functiondef('identity.erase_sessions(uuid)'::regprocedure);

do $$
begin
  assert not has_function_privilege('smartattend_app', 'identity.erase_sessions(uuid)', 'execute'), 'the application erases nothing';
end $$;

rollback;
