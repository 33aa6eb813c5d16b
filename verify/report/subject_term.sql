-- Verify smartattend:report/subject_term on pg
begin;
set local role smartattend_refresher;

select * from report_data.subject_term where false;
select * from report.subject_term where false;

do $$
begin
  assert (
    select reloptions = '{security_barrier=true}' and pg_get_userbyid(relowner) = 'smartattend_refresher'
    from pg_catalog.pg_class where oid = 'report.subject_term'::regclass
  ), 'the view is a barrier';
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'report_data.subject_term_key'::regclass), 'it can be refreshed concurrently';
  assert exists (select from report.freshness where view = 'subject_term'), 'it has a freshness';
  assert has_table_privilege('smartattend_app', 'report.subject_term', 'select'), 'the application reads the view';
  assert not has_table_privilege('smartattend_app', 'report_data.subject_term', 'select'), 'and nothing beneath it';
end $$;

rollback;
