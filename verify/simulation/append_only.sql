-- Verify smartattend:simulation/append_only on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'simulation.call'::regclass and tgname like 'call\_100\_%'), 'simulation.call is append-only';
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'simulation.scenario'::regclass and tgname like 'scenario\_100\_%'), 'simulation.scenario is append-only';
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'simulation.fault'::regclass and tgname like 'fault\_100\_%'), 'simulation.fault is append-only';
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'simulation.check'::regclass and tgname like 'check\_100\_%'), 'simulation.check is append-only';
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'simulation.issue'::regclass and tgname like 'issue\_100\_%'), 'simulation.issue is append-only';
end $$;

rollback;
