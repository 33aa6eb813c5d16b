-- Verify smartattend:api/put_shift_templates on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_shift_templates(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'shift_template') = 14, 'the format of shift_template';
  assert has_function_privilege('smartattend_app', 'api.put_shift_templates(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_shift_templates(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
