-- Deploy smartattend:school/grants to pg
begin;
set local role smartattend_owner;

revoke all on schema school from public;
revoke all on all tables in schema school from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
