-- Verify smartattend:report/tenant_health on pg
begin;
set local role smartattend_refresher;

select * from report_data.tenant_health where false;
select * from report.tenant_health where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.tenant_health'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.tenant_health_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'tenant_health'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.tenant_health', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.tenant_health', 'select'), 'and nothing beneath it';
end $$;

rollback;
