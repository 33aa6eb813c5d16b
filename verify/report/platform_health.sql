-- Verify smartattend:report/platform_health on pg
begin;
set local role smartattend_refresher;

select pg_get_functiondef('report.platform_health()'::regprocedure);

do $$
begin
  assert has_function_privilege('smartattend_owner', 'report.platform_health()', 'execute'), 'the dashboard asks it';
  assert not has_function_privilege('smartattend_app', 'report.platform_health()', 'execute'), 'nobody who calls does';
  assert not has_function_privilege('smartattend_operator', 'report.platform_health()', 'execute'), 'nor whoever operates';
end $$;

rollback;
