-- Verify smartattend:guard/drift on pg
begin;

select pg_get_functiondef('guard.drift(timestamptz)'::regprocedure);

do $$
begin
  assert to_regclass('guard.system_log_of_drift') is not null, 'index system_log_of_drift';
end $$;

rollback;
