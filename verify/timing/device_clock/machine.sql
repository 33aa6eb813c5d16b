-- Verify smartattend:timing/device_clock/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'timing.device_clock'::regclass and tgname = 'device_clock_800_judge_transition'), 'trigger device_clock_800_judge_transition is enabled always';
  assert (select count(*) = 18 and bool_and(system_only) from core.transition where machine = 'device_clock'), 'eighteen transitions, all of the system';
  assert (select count(*) = 5 from core.state where machine = 'device_clock'), 'five states';
end $$;

rollback;
