-- Deploy smartattend:ops/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('ops.job_run');
select ledger.add_history('ops.message');
select ledger.add_capture('ops.job');
select ledger.add_capture('ops.subscription');

commit;
