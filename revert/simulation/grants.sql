-- Revert smartattend:simulation/grants from pg
begin;
set local role smartattend_owner;

revoke select on
  simulation.run, simulation.run_transition, simulation.call, simulation.scenario, simulation.fault, simulation.check, simulation.issue
from smartattend_app;
revoke select on simulation.judgement from smartattend_app, smartattend_auditor, smartattend_operator;

commit;
