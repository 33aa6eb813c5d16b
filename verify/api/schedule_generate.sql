-- Verify smartattend:api/schedule_generate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.schedule_generate(uuid, date, date, uuid, text)'::regprocedure);

do $$
begin
  assert has_function_privilege('smartattend_app', 'api.schedule_generate(uuid, date, date, uuid, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.schedule_generate(uuid, date, date, uuid, text)', 'execute'), 'the public does not';
end $$;

rollback;
