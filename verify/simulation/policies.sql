-- Verify smartattend:simulation/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.run'::regclass), 'row level security of simulation.run';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.run_transition'::regclass), 'row level security of simulation.run_transition';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.call'::regclass), 'row level security of simulation.call';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.scenario'::regclass), 'row level security of simulation.scenario';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.fault'::regclass), 'row level security of simulation.fault';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.check'::regclass), 'row level security of simulation.check';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'simulation.issue'::regclass), 'row level security of simulation.issue';
  assert (select count(*) = 4 from pg_catalog.pg_policy where polrelid = 'simulation.run'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.run, none of them to public';
  assert (select count(*) = 2 from pg_catalog.pg_policy where polrelid = 'simulation.run_transition'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.run_transition, none of them to public';
  assert (select count(*) = 3 from pg_catalog.pg_policy where polrelid = 'simulation.call'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.call, none of them to public';
  assert (select count(*) = 2 from pg_catalog.pg_policy where polrelid = 'simulation.scenario'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.scenario, none of them to public';
  assert (select count(*) = 3 from pg_catalog.pg_policy where polrelid = 'simulation.fault'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.fault, none of them to public';
  assert (select count(*) = 3 from pg_catalog.pg_policy where polrelid = 'simulation.check'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.check, none of them to public';
  assert (select count(*) = 2 from pg_catalog.pg_policy where polrelid = 'simulation.issue'::regclass and cardinality(polroles) = 1 and polroles <> '{0}' and polname not in ('ledger_reads_every_tenant', 'owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')), 'policies of simulation.issue, none of them to public';
end $$;

rollback;
