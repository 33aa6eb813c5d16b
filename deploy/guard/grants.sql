-- Deploy smartattend:guard/grants to pg
begin;

revoke all on all tables in schema guard from
  public, smartattend_owner, smartattend_session, smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;
revoke all on all functions in schema guard from
  public, smartattend_owner, smartattend_session, smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;
grant select on guard.baseline, guard.change to smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;
-- sessions of every tenant stand in the log
grant select on guard.system_log, guard.seen to smartattend_ledger, smartattend_deployer;
grant execute on function
  guard.room(), guard.inventory(), guard.fingerprint(), guard.broken_invariant(), guard.verify(), guard.is_armed()
to smartattend_ledger, smartattend_auditor, smartattend_operator, smartattend_deployer;
grant execute on function guard.begin_change(text) to smartattend_ledger, smartattend_deployer;
-- these say clearly that a superuser is needed
grant execute on function guard.arm(), guard.disarm(text), guard.fail(text, text, text) to smartattend_deployer;
grant execute on function guard.observe(), guard.begin_epoch(integer) to smartattend_ledger;
grant execute on function guard.drift(timestamptz) to smartattend_owner;
grant execute on function guard.log(text, text, jsonb) to smartattend_owner, smartattend_session, smartattend_ledger;

commit;
