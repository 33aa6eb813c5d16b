-- Deploy smartattend:ledger/system_log to pg
begin;

-- The room of the guard belongs to the installer, and lets the ledger in itself.
create index system_log_epoch_xid on guard.system_log (epoch, xid);
create index change_epoch_xid on guard.change (epoch, xid);
set local role smartattend_ledger;
select ledger.register('guard.system_log', 'history', '{id}');
select ledger.register('guard.change', 'history', '{id}');

commit;
