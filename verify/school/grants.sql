-- Verify smartattend:school/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert not exists (
    select
    from pg_catalog.pg_class as c
    cross join unnest(array['smartattend_app', 'smartattend_session', 'smartattend_auditor', 'smartattend_operator']) as r (role)
    where c.relnamespace = 'school'::regnamespace
      and c.relkind = 'r'
      and has_table_privilege(r.role, c.oid, 'select, insert, update, delete, truncate')
  ), 'only the owner reads and writes school';
  assert has_table_privilege('smartattend_owner', 'school.term', 'select'), 'the owner reads school';
end $$;

rollback;
