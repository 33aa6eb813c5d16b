-- Verify smartattend:integrity/transition_refusal on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.transition_refusal(uuid, text)'::regprocedure);
select pg_get_functiondef('integrity.judge_record()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_900_flags_are_decided') = 'A', 'record_900_flags_are_decided';
end $$;

rollback;
