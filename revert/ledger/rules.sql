-- Revert smartattend:ledger/rules from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('core.error_code');
select ledger.remove_capture('core.transition');
select ledger.remove_capture('core.state');
select ledger.remove_capture('core.machine');

commit;
