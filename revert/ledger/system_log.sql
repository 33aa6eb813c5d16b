-- Revert smartattend:ledger/system_log from pg
begin;

drop index guard.change_epoch_xid;
drop index guard.system_log_epoch_xid;
set local role smartattend_ledger;
select ledger.unregister('guard.change');
select ledger.unregister('guard.system_log');

commit;
