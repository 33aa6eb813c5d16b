-- Verify smartattend:integrity/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'integrity.flag_transition', 'integrity.rule', 'integrity.parameter', 'integrity.rule_setting'
  ])) = 4, 'evidence of integrity';
end $$;

rollback;
