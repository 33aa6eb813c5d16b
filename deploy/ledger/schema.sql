-- Deploy smartattend:ledger/schema to pg
begin;

create schema ledger authorization smartattend_ledger;
set local role smartattend_ledger;
comment on schema ledger is
  'Evidence. Owned by a role of its own, so that a bug in a domain procedure cannot touch it: domain code only calls its functions.';
grant usage on schema ledger to
  smartattend_owner, smartattend_session, smartattend_app, smartattend_auditor, smartattend_operator, smartattend_sealer;

commit;
