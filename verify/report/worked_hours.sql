-- Verify smartattend:report/worked_hours on pg
begin;
set local role smartattend_refresher;

select * from report_data.worked_hours where false;
select * from report.worked_hours where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.worked_hours'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.worked_hours_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'worked_hours'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.worked_hours', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.worked_hours', 'select'), 'and nothing beneath it';
end $$;

rollback;
