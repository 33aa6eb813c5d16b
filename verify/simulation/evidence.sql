-- Verify smartattend:simulation/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'simulation.run_transition', 'simulation.call', 'simulation.scenario', 'simulation.fault',
    'simulation.check', 'simulation.issue'
  ])) = 6, 'evidence of simulation';
end $$;

rollback;
