-- Deploy smartattend:corporate/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('corporate.away');
select ledger.add_history('corporate.shift_instance');
select ledger.add_capture('corporate.shift_template');
select ledger.add_capture('corporate.roster');

commit;
