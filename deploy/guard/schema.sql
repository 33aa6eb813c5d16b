-- Deploy smartattend:guard/schema to pg
begin;

-- No set local role: the room belongs to whoever deploys, so that no owner role can weaken what watches over it.
create schema guard;
comment on schema guard is
  'What enforces, as one list with one fingerprint; what was accepted; what was announced; what was seen. Belongs to the installer. Its bodies name pg_catalog and guard only: code that an owner role may replace must never run with the installer''s rights.';
grant usage on schema guard to
  smartattend_owner, smartattend_session, smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;

commit;
