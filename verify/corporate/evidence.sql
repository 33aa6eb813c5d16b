-- Verify smartattend:corporate/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'corporate.away', 'corporate.shift_instance', 'corporate.shift_template', 'corporate.roster'
  ])) = 4, 'evidence of corporate';
end $$;

rollback;
