-- Verify smartattend:report/incident_sla on pg
begin;
set local role smartattend_refresher;

select * from report_data.incident_sla where false;
select * from report.incident_sla where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.incident_sla'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.incident_sla_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'incident_sla'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.incident_sla', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.incident_sla', 'select'), 'and nothing beneath it';
end $$;

rollback;
