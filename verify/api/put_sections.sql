-- Verify smartattend:api/put_sections on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_sections(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'section') = 6, 'the format of section';
  assert has_function_privilege('smartattend_app', 'api.put_sections(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_sections(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
