-- Verify smartattend:incident/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) from pg_catalog.pg_class as c
    where c.relnamespace = 'incident'::regnamespace and c.relrowsecurity and c.relforcerowsecurity
  ) = 11, 'row level security of incident';
  assert (
    select count(*) from pg_catalog.pg_policy as p
    inner join pg_catalog.pg_class as c on c.oid = p.polrelid
    where c.relnamespace = 'incident'::regnamespace
      and p.polname in (
        'owner_reads_what_is_bound', 'owner_appends_to_what_is_bound', 'owner_changes_what_is_bound',
        'a_session_reads_incidents_of_its_tenant', 'the_platform_reads_its_own'
      )
  ) = 44, 'policies of incident';
  assert has_table_privilege('smartattend_app', 'incident.incident', 'select'), 'the application reads incidents';
  assert not has_table_privilege('smartattend_app', 'incident.incident', 'insert'), 'and writes none';
  assert not has_table_privilege('smartattend_app', 'incident.counter', 'select'), 'nor reads the counter';
end $$;

rollback;
