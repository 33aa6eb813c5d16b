-- Verify smartattend:ledger/system_log on pg
begin;
set local role smartattend_ledger;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array['guard.system_log', 'guard.change'])) = 2, 'evidence of the guard';
  assert to_regclass('guard.system_log_epoch_xid') is not null and to_regclass('guard.change_epoch_xid') is not null, 'indexes of the guard''s history';
end $$;

rollback;
