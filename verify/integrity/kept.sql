-- Verify smartattend:integrity/kept on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.guard_flag()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag'::regclass and tgname = 'flag_100_evidence_stays') = 'A', 'flag_100_evidence_stays';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag'::regclass and tgname = 'flag_100_kept') = 'A', 'flag_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag'::regclass and tgname = 'flag_100_no_truncate') = 'A', 'flag_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag_transition'::regclass and tgname = 'flag_transition_100_append_only') = 'A', 'flag_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.flag_transition'::regclass and tgname = 'flag_transition_100_no_truncate') = 'A', 'flag_transition_100_no_truncate';
end $$;

rollback;
