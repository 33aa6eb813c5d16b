-- Verify smartattend:report/register_completion on pg
begin;
set local role smartattend_refresher;

select * from report_data.register_completion where false;
select * from report.register_completion where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.register_completion'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.register_completion_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'register_completion'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.register_completion', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.register_completion', 'select'), 'and nothing beneath it';
end $$;

rollback;
