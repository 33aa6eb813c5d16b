-- Deploy smartattend:integrity/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('integrity.flag_transition');
select ledger.add_capture('integrity.rule');
select ledger.add_capture('integrity.parameter');
select ledger.add_capture('integrity.rule_setting');

commit;
