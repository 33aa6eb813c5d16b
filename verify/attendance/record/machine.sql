-- Verify smartattend:attendance/record/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from core.transition where machine = 'attendance_record') = 10, 'three creations and seven transitions';
  assert (
    select not requires_reason and not system_only
    from core.transition
    where machine = 'attendance_record' and from_state is null and to_state = 'recorded' and via = 'capture'
  ), 'the creation that record_800_judge_creation does not ask about';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_800_judge_creation') = 'A', 'record_800_judge_creation';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_800_judge_transition') = 'A', 'record_800_judge_transition';
end $$;

rollback;
