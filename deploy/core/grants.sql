-- Deploy smartattend:core/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema core from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on core.error_code, core.machine, core.state, core.transition to
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant execute on function
  core.accepted(uuid, integer, jsonb), core.replayed(uuid, integer, jsonb), core.refused(text, jsonb), core.fail(text, text, text, text),
  core.local_instant(timestamp, text, text), core.payload_hash(jsonb), core.refuse_change()
to smartattend_session, smartattend_ledger;
grant select on core.erasure to smartattend_ledger;
grant execute on function core.erased_tenant() to smartattend_session, smartattend_ledger;
grant execute on function core.refuse_change() to smartattend_deployer; -- the guard's tables have it as trigger
grant execute on function core.transition_refusal(text, text, text, text, text, jsonb), core.judge_transition() to smartattend_session;

commit;
