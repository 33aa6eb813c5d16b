-- Deploy smartattend:simulation/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema simulation from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on simulation.judgement to smartattend_app, smartattend_auditor, smartattend_operator;
grant select on
  simulation.run, simulation.run_transition, simulation.call, simulation.scenario, simulation.fault, simulation.check, simulation.issue
to smartattend_app;

commit;
