-- Deploy smartattend:ledger/rules to pg
begin;
set local role smartattend_owner;

-- Master data that rules are made of: whoever changes it changes what is legal.
select ledger.add_capture('core.machine');
select ledger.add_capture('core.state');
select ledger.add_capture('core.transition');
select ledger.add_capture('core.error_code');

commit;
