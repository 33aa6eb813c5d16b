-- Verify smartattend:report/corrections on pg
begin;
set local role smartattend_refresher;

select * from report_data.corrections where false;
select * from report.corrections where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.corrections'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.corrections_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'corrections'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.corrections', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.corrections', 'select'), 'and nothing beneath it';
end $$;

rollback;
