-- Deploy smartattend:metrics/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('metrics.service_health_transition');
select ledger.add_history('metrics.alarm');
select ledger.add_capture('metrics.platform_metric');
select ledger.add_capture('metrics.retention');
select ledger.add_capture('metrics.error_class');
select ledger.add_capture('metrics.objective');
select ledger.add_capture('metrics.burn_rule');
select ledger.add_capture('metrics.service');
select ledger.add_capture('metrics.collector');

commit;
