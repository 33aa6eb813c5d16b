-- Verify smartattend:api/put_courses on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_courses(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'course') = 3, 'the format of course';
  assert has_function_privilege('smartattend_app', 'api.put_courses(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_courses(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
