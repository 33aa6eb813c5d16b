-- Verify smartattend:timing/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'timing.device_clock_transition', 'timing.clock_probe', 'timing.clock_sample', 'timing.device'
  ])) = 4, 'evidence of timing';
end $$;

rollback;
