-- Verify smartattend:metrics/alarm on pg
begin;
set local role smartattend_owner;

select * from metrics.alarm where false;
select pg_get_functiondef('metrics.raise_alarms(timestamptz)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.alarm'::regclass and tgname = 'alarm_100_append_only') = 'A', 'alarm_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'metrics.alarm'::regclass and tgname = 'alarm_100_no_truncate') = 'A', 'alarm_100_no_truncate';
  assert to_regclass('metrics.alarm_repeated') is not null, 'index alarm_repeated';
end $$;

rollback;
