-- Verify smartattend:api/put_sites on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_sites(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'site') = 7, 'the format of site';
  assert has_function_privilege('smartattend_app', 'api.put_sites(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_sites(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
