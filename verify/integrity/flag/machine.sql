-- Verify smartattend:integrity/flag/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from core.transition where machine = 'flag') = 4, 'one creation and three decisions';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag'::regclass and tgname = 'flag_800_judge_transition') = 'A', 'flag_800_judge_transition';
end $$;

rollback;
