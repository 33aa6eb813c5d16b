-- Revert smartattend:simulation/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_history('simulation.issue');
select ledger.remove_history('simulation.check');
select ledger.remove_history('simulation.fault');
select ledger.remove_history('simulation.scenario');
select ledger.remove_history('simulation.call');
select ledger.remove_history('simulation.run_transition');

commit;
