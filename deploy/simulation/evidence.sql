-- Deploy smartattend:simulation/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('simulation.run_transition');
select ledger.add_history('simulation.call');
select ledger.add_history('simulation.scenario');
select ledger.add_history('simulation.fault');
select ledger.add_history('simulation.check');
select ledger.add_history('simulation.issue');

commit;
