-- Deploy smartattend:attendance/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema attendance from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on attendance.category, attendance.code, attendance.session, attendance.register, attendance.expectation, attendance.record
to smartattend_app;

commit;
