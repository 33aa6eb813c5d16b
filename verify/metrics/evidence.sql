-- Verify smartattend:metrics/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'metrics.service_health_transition', 'metrics.alarm', 'metrics.platform_metric', 'metrics.retention', 'metrics.error_class',
    'metrics.objective', 'metrics.burn_rule', 'metrics.service', 'metrics.collector'
  ])) = 9, 'evidence of metrics';
end $$;

rollback;
