-- Deploy smartattend:simulation/schema to pg
begin;
set local role smartattend_owner;

create schema simulation;
comment on schema simulation is
  'What happened when a sandbox tenant was broken on purpose: runs, the clients'' testimony, faults, checks and issues, and the functions that judge. Every function of judgement returns the rows that violate it, so it can be run by hand in production, too.';
grant usage on schema simulation to smartattend_app, smartattend_auditor, smartattend_operator;

commit;
