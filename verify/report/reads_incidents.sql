-- Verify smartattend:report/reads_incidents on pg
begin;
set local role smartattend_owner;

do $$
declare
  v_relation text;
begin
  assert (
    select r.nspowner = 'smartattend_refresher'::regrole from pg_catalog.pg_namespace as r where r.nspname = 'report'
  ), 'who reads it owns schema report';
  foreach v_relation in array array[
    'incident.incident', 'incident.incident_transition', 'incident.pause', 'incident.resumption', 'incident.verdict'
  ] loop
    assert exists (
      select from pg_catalog.pg_policy as p
      where p.polrelid = v_relation::regclass and p.polname = 'refresher_reads_every_tenant' and p.polcmd = 'r'
        and p.polroles = array['smartattend_refresher'::regrole::oid]
    ), 'a policy of the refresher on ' || v_relation;
    assert has_table_privilege('smartattend_refresher', v_relation, 'select'), 'it reads ' || v_relation;
    assert not has_table_privilege('smartattend_refresher', v_relation, 'insert, update, delete, truncate'), 'and does not write ' || v_relation;
  end loop;
end $$;

rollback;
