-- Verify smartattend:attendance/register on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  session_id,
  state,
  state_via,
  state_reason
from attendance.register
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
from attendance.register_transition
where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.register'::regclass and tgname = 'register_800_judge_transition') = 'A', 'register_800_judge_transition';
  assert to_regclass('attendance.register_transition_object') is not null, 'index register_transition_object';
end $$;

rollback;
