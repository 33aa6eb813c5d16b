-- Verify smartattend:api/put_devices on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_devices(jsonb, text)'::regprocedure);

do $$
begin
  assert (select count(*) from core.entry_field where entry = 'device') = 4, 'the format of device';
  assert has_function_privilege('smartattend_app', 'api.put_devices(jsonb, text)', 'execute'), 'the application calls it';
  assert not has_function_privilege('public', 'api.put_devices(jsonb, text)', 'execute'), 'the public does not';
end $$;

rollback;
