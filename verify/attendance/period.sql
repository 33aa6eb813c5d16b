-- Verify smartattend:attendance/period on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  code,
  name,
  kind,
  starts_at,
  ends_at,
  state,
  state_via,
  state_reason,
  waits_for
from attendance.period
where false;
select
  tenant_id,
  object_id,
  id,
  from_state,
  to_state,
  via,
  reason,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from attendance.period_transition
where false;
select pg_get_functiondef('attendance.refuse_move()'::regprocedure);
select pg_get_functiondef('attendance.period_at(timestamptz)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period'::regclass and tgname = 'period_100_kept') = 'A', 'period_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period'::regclass and tgname = 'period_100_no_truncate') = 'A', 'period_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period'::regclass and tgname = 'period_100_bounds_stay') = 'A', 'period_100_bounds_stay';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period'::regclass and tgname = 'period_800_judge_transition') = 'A', 'period_800_judge_transition';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_transition'::regclass and tgname = 'period_transition_100_append_only') = 'A', 'period_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.period_transition'::regclass and tgname = 'period_transition_100_no_truncate') = 'A', 'period_transition_100_no_truncate';
  assert (select count(*) = 4 from core.transition where machine = 'period'), 'the transitions of periods';
  assert to_regclass('attendance.period_shut') is not null, 'index period_shut';
  assert to_regclass('attendance.period_starts_at') is not null, 'index period_starts_at';
  assert to_regclass('attendance.period_transition_object') is not null, 'index period_transition_object';
end $$;

rollback;
