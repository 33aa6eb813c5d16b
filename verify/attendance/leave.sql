-- Verify smartattend:attendance/leave on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  subject_id,
  kind,
  starts_at,
  ends_at,
  code,
  reason,
  approver_id,
  approved_at,
  replaces_id,
  withdrawn_at,
  withdrawer_id,
  withdrawal_reason
from attendance.leave
where false;
select pg_get_functiondef('attendance.guard_leave()'::regprocedure);
select pg_get_functiondef('attendance.leave_of(uuid, timestamptz, timestamptz)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.leave'::regclass and tgname = 'leave_100_guard') = 'A', 'leave_100_guard';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.leave'::regclass and tgname = 'leave_100_kept') = 'A', 'leave_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.leave'::regclass and tgname = 'leave_100_no_truncate') = 'A', 'leave_100_no_truncate';
  assert to_regclass('attendance.leave_subject') is not null, 'index leave_subject';
end $$;

rollback;
