-- Verify smartattend:api/put_roster on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_roster(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'roster') = 6, 'the format of roster';
  assert has_function_privilege('smartattend_app', 'api.put_roster(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_roster(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
