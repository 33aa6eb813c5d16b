-- Verify smartattend:report/daily_attendance on pg
begin;
set local role smartattend_refresher;

select * from report_data.daily_attendance where false;
select * from report.daily_attendance where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.daily_attendance'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.daily_attendance_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'daily_attendance'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.daily_attendance', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.daily_attendance', 'select'), 'and nothing beneath it';
end $$;

rollback;
