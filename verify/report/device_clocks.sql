-- Verify smartattend:report/device_clocks on pg
begin;
set local role smartattend_refresher;

select * from report_data.device_clocks where false;
select * from report.device_clocks where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.device_clocks'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.device_clocks_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'device_clocks'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.device_clocks', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.device_clocks', 'select'), 'and nothing beneath it';
end $$;

rollback;
