-- Verify smartattend:attendance/record/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from core.transition where machine = 'attendance_record') = 10, 'three creations and seven transitions';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_800_judge_transition') = 'A', 'record_800_judge_transition';
end $$;

rollback;
