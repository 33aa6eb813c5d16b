-- Verify smartattend:metrics/service_health on pg
begin;
set local role smartattend_owner;

select * from metrics.service where false;
select * from metrics.service_health where false;
select * from metrics.service_health_transition where false;

do $$
begin
  assert exists (select from core.transition where machine = 'service_health' and from_state is null), 'the moves of service_health';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.service_health'::regclass and tgname = 'service_health_100_kept') = 'A', 'service_health_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.service_health'::regclass and tgname = 'service_health_100_no_truncate') = 'A', 'service_health_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.service_health_transition'::regclass and tgname = 'service_health_transition_100_append_only') = 'A', 'service_health_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.service_health_transition'::regclass and tgname = 'service_health_transition_100_no_truncate') = 'A', 'service_health_transition_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.service_health'::regclass and tgname = 'service_health_800_judge_transition') = 'A', 'service_health_800_judge_transition';
  assert to_regclass('metrics.service_health_transition_object') is not null, 'index service_health_transition_object';
end $$;

rollback;
