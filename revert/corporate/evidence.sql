-- Revert smartattend:corporate/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('corporate.roster');
select ledger.remove_capture('corporate.shift_template');
select ledger.remove_history('corporate.shift_instance');
select ledger.remove_history('corporate.away');

commit;
