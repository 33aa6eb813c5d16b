-- Deploy smartattend:core/schema to pg
begin;
set local role smartattend_owner;

create schema core;
comment on schema core is
  'What every room stands on: clock, identifiers, error codes, outcomes, the bound actor, the state-machine engine, the append-only guard and idempotency. Names no other room.';
grant usage on schema core to
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator, smartattend_sealer,
  smartattend_refresher, smartattend_deployer;

commit;
