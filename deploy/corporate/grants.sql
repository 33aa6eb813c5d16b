-- Deploy smartattend:corporate/grants to pg
begin;
set local role smartattend_owner;

revoke all on schema corporate from public;
revoke all on all tables in schema corporate from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on
  corporate.shift_instance, corporate.away, corporate.presence, corporate.worked_time, corporate.overtime, corporate.rest
to smartattend_app;
grant execute on function corporate.paid(interval, interval, interval), corporate.elapsed(timestamptz, timestamptz) to smartattend_app;

commit;
