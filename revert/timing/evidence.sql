-- Revert smartattend:timing/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('timing.device');
select ledger.remove_history('timing.clock_sample');
select ledger.remove_history('timing.clock_probe');
select ledger.remove_history('timing.device_clock_transition');

commit;
