-- Verify smartattend:api/put_members on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_members(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'member') = 8, 'the format of member';
  assert has_function_privilege('smartattend_app', 'api.put_members(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_members(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
