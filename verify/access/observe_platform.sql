-- Verify smartattend:access/observe_platform on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.observe_platform(timestamptz)'::regprocedure);

do $$
begin
  assert to_regclass('guard.system_log_of_drift') is not null, 'index system_log_of_drift';
  assert has_table_privilege('smartattend_owner', 'guard.system_log', 'select'), 'the log is readable';
  assert not has_table_privilege('smartattend_owner', 'guard.system_log', 'insert, update, delete'), 'and not writable';
end $$;

rollback;
