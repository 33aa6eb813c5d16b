-- Verify smartattend:attendance/period_adjustment on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  record_id,
  revision,
  period_id,
  into_period_id,
  subject_id,
  unit_id,
  state_before,
  state_after,
  code_before,
  code_after,
  in_at_before,
  in_at_after,
  out_at_before,
  out_at_after,
  delta,
  actor_id,
  session_id,
  recorded_at,
  xid,
  epoch
from attendance.period_adjustment
where false;
select pg_get_functiondef('attendance.judge_adjustment()'::regprocedure);
select pg_get_functiondef('attendance.adjust(attendance.record, attendance.event)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_adjustment'::regclass and tgname = 'period_adjustment_100_append_only') = 'A', 'period_adjustment_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_adjustment'::regclass and tgname = 'period_adjustment_100_no_truncate') = 'A', 'period_adjustment_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_adjustment'::regclass and tgname = 'period_adjustment_700_leads_into_an_open_period') = 'A', 'period_adjustment_700_leads_into_an_open_period';
  assert to_regclass('attendance.period_adjustment_into_period') is not null, 'index period_adjustment_into_period';
  assert to_regclass('attendance.period_adjustment_period') is not null, 'index period_adjustment_period';
end $$;

rollback;
