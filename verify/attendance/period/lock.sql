-- Verify smartattend:attendance/period/lock on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.judge_shut_period(attendance.record)'::regprocedure);
select pg_get_functiondef('attendance.judge_period()'::regprocedure);
select pg_get_functiondef('attendance.keep_closed_until()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_700_period_is_open') = 'A', 'record_700_period_is_open';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_700_its_period_stays') = 'A', 'record_700_its_period_stays';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period'::regclass and tgname = 'period_500_keep_closed_until') = 'A', 'period_500_keep_closed_until';
end $$;

rollback;
