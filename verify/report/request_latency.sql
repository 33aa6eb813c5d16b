-- Verify smartattend:report/request_latency on pg
begin;
set local role smartattend_refresher;

select * from report_data.request_latency where false;
select * from report.request_latency where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.request_latency'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.request_latency_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'request_latency'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.request_latency', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.request_latency', 'select'), 'and nothing beneath it';
end $$;

rollback;
