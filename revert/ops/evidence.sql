-- Revert smartattend:ops/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('ops.subscription');
select ledger.remove_capture('ops.job');
select ledger.remove_history('ops.message');
select ledger.remove_history('ops.job_run');

commit;
