-- Deploy smartattend:timing/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('timing.device_clock_transition');
select ledger.add_history('timing.clock_probe');
select ledger.add_history('timing.clock_sample');
select ledger.add_capture('timing.device');

commit;
