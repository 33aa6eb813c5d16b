-- Verify smartattend:report/flags on pg
begin;
set local role smartattend_refresher;

select * from report_data.flags where false;
select * from report.flags where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.flags'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.flags_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'flags'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.flags', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.flags', 'select'), 'and nothing beneath it';
end $$;

rollback;
