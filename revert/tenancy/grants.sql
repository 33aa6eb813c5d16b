-- Revert smartattend:tenancy/grants from pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema tenancy from
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
