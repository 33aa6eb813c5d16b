-- Verify smartattend:ledger/epoch on pg
begin;
set local role smartattend_ledger;

select
  epoch,
  identity,
  reason,
  database_user,
  begun_at
from ledger.epoch
where false;

select
  pg_get_functiondef('ledger.cluster_identity()'::regprocedure),
  pg_get_functiondef('ledger.current_epoch()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.epoch'::regclass and tgname = 'epoch_100_append_only') = 'A', 'epoch_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ledger.epoch'::regclass and tgname = 'epoch_100_no_truncate') = 'A', 'epoch_100_no_truncate';
end $$;

rollback;
