-- Verify smartattend:ledger/rules on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'core.machine', 'core.state', 'core.transition', 'core.error_code'
  ])) = 4, 'evidence of core';
end $$;

rollback;
