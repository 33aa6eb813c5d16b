-- Verify smartattend:attendance/period_total on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  period_id,
  subject_id,
  unit_id,
  records,
  recorded,
  flagged,
  verified,
  voided,
  present,
  late,
  left_early,
  partial,
  absent_excused,
  absent_unexcused,
  approved_elsewhere,
  not_required,
  uncoded,
  in_denominator,
  presence_value,
  tardies,
  without_out,
  worked_us,
  late_us,
  adjustments,
  adjusted,
  actor_id,
  session_id,
  recorded_at,
  xid,
  epoch
from attendance.period_total
where false;
select pg_get_functiondef('attendance.judge_total()'::regprocedure);
select pg_get_functiondef('attendance.tally(text, text, uuid, timestamptz, timestamptz, timestamptz)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_total'::regclass and tgname = 'period_total_100_append_only') = 'A', 'period_total_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_total'::regclass and tgname = 'period_total_100_no_truncate') = 'A', 'period_total_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_total'::regclass and tgname = 'period_total_700_period_is_closing') = 'A', 'period_total_700_period_is_closing';
  assert to_regclass('attendance.period_total_subject') is not null, 'index period_total_subject';
end $$;

rollback;
