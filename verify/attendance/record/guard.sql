-- Verify smartattend:attendance/record/guard on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.overlaps_another(attendance.record)'::regprocedure);
select pg_get_functiondef('attendance.own_register_refusal(uuid)'::regprocedure);
select pg_get_functiondef('attendance.transition_refusal(attendance.record, text)'::regprocedure);
select pg_get_functiondef('attendance.guard_record()'::regprocedure);

do $$
begin
  assert (select indisunique from pg_catalog.pg_index where indexrelid = 'attendance.a_voided_record_is_replaced_once'::regclass), 'one replacement';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_800_judge_who_moves') = 'A', 'record_800_judge_who_moves';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.record'::regclass and tgname = 'record_800_judge_who_replaces') = 'A', 'record_800_judge_who_replaces';
end $$;

rollback;
