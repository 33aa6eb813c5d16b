-- Verify smartattend:report/refresh on pg
begin;
set local role smartattend_refresher;

select pg_get_functiondef('report.is_due(report.freshness, timestamptz)'::regprocedure);

do $$
begin
  assert (
    select count(*) = 2 from pg_catalog.pg_proc where oid in ('report.due()'::regprocedure, 'report.refresh(text)'::regprocedure) and prosecdef
  ), 'both act for the refresher';
  assert not has_function_privilege('smartattend_app', 'report.refresh(text)', 'execute'), 'the application does not refresh';
end $$;

rollback;
