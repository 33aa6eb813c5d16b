-- Revert smartattend:core/grants from pg
begin;
set local role smartattend_owner;

revoke all on core.error_code, core.machine, core.state, core.transition from
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
revoke all on function
  core.accepted(uuid, integer, jsonb), core.replayed(uuid, integer, jsonb), core.refused(text, jsonb), core.fail(text, text, text, text),
  core.local_instant(timestamp, text, text), core.payload_hash(jsonb), core.refuse_change()
from smartattend_session, smartattend_ledger;
revoke all on core.erasure from smartattend_ledger;
revoke all on function core.erased_tenant() from smartattend_session, smartattend_ledger;
revoke all on function core.refuse_change() from smartattend_deployer;
revoke all on function core.transition_refusal(text, text, text, text, text, jsonb), core.judge_transition() from smartattend_session;

commit;
