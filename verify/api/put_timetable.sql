-- Verify smartattend:api/put_timetable on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_timetable(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'timetable') = 8, 'the format of timetable';
  assert has_function_privilege('smartattend_app', 'api.put_timetable(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_timetable(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
