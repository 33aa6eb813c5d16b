-- Verify smartattend:ops/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) from pg_catalog.pg_class as c
    where c.relnamespace = 'ops'::regnamespace and c.relname in ('job_run', 'message', 'visit', 'horizon', 'subscription', 'delivery')
      and c.relrowsecurity and c.relforcerowsecurity
  ) = 6, 'row level security of ops';
  assert has_table_privilege('smartattend_operator', 'ops.job_run', 'select'), 'the operator sees runs';
  assert not has_table_privilege('smartattend_operator', 'ops.message', 'select'), 'and no messages';
  assert not has_table_privilege('smartattend_app', 'ops.job_run', 'select'), 'the application sees no runs';
end $$;

rollback;
