-- Verify smartattend:timing/device/ends_sessions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('timing.end_sessions_of_device()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'timing.device'::regclass and tgname = 'device_900_end_sessions') = 'A', 'device_900_end_sessions';
end $$;

rollback;
