-- Revert smartattend:guard/grants from pg
begin;

revoke all on all tables in schema guard from smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;
revoke all on all functions in schema guard from
  smartattend_owner, smartattend_session, smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;

commit;
