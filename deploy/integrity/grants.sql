-- Deploy smartattend:integrity/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema integrity from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on integrity.rule, integrity.parameter, integrity.rule_setting, integrity.flag, integrity.flag_transition to smartattend_app;

commit;
