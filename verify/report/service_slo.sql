-- Verify smartattend:report/service_slo on pg
begin;
set local role smartattend_refresher;

select * from report_data.service_slo where false;
select * from report.service_slo where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.service_slo'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.service_slo_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'service_slo'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.service_slo', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.service_slo', 'select'), 'and nothing beneath it';
end $$;

rollback;
