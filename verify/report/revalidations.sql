-- Verify smartattend:report/revalidations on pg
begin;
set local role smartattend_refresher;

select * from report_data.revalidations where false;
select * from report.revalidations where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.revalidations'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.revalidations_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'revalidations'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.revalidations', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.revalidations', 'select'), 'and nothing beneath it';
end $$;

rollback;
