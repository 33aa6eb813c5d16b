-- Verify smartattend:ops/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'ops.job_run', 'ops.message', 'ops.job', 'ops.subscription'
  ])) = 4, 'evidence of ops';
end $$;

rollback;
