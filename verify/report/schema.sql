-- Verify smartattend:report/schema on pg
begin;
set local role smartattend_refresher;

do $$
begin
  assert (
    select count(*) = 2 from pg_catalog.pg_namespace where nspname in ('report', 'report_data') and pg_get_userbyid(nspowner) = 'smartattend_refresher'
  ), 'two schemas of the refresher';
  assert has_schema_privilege('smartattend_app', 'report', 'usage'), 'the application reads barrier views';
  assert not has_schema_privilege('smartattend_app', 'report_data', 'usage'), 'and nothing beneath them';
end $$;

rollback;
