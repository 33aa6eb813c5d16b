-- Verify smartattend:report/freshness on pg
begin;
set local role smartattend_refresher;

select view, meaning, refresh_every, stale_after, as_of, horizon, failed_at from report.freshness where false;
select id, view, began_at, took, rows, failure from report.refreshed where false;

do $$
begin
  assert to_regclass('report.refreshed_view') is not null, 'the history of a report is found';
  assert has_table_privilege('smartattend_app', 'report.freshness', 'select'), 'everybody reads of when a report is';
  assert not has_table_privilege('smartattend_app', 'report.refreshed', 'select'), 'and nobody how many rows it has';
end $$;

rollback;
