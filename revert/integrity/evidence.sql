-- Revert smartattend:integrity/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('integrity.rule_setting');
select ledger.remove_capture('integrity.parameter');
select ledger.remove_capture('integrity.rule');
select ledger.remove_history('integrity.flag_transition');

commit;
