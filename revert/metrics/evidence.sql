-- Revert smartattend:metrics/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('metrics.collector');
select ledger.remove_capture('metrics.service');
select ledger.remove_capture('metrics.burn_rule');
select ledger.remove_capture('metrics.objective');
select ledger.remove_capture('metrics.error_class');
select ledger.remove_capture('metrics.retention');
select ledger.remove_capture('metrics.platform_metric');
select ledger.remove_history('metrics.alarm');
select ledger.remove_history('metrics.service_health_transition');

commit;
