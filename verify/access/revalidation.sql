-- Verify smartattend:access/revalidation on pg
begin;
set local role smartattend_owner;

select * from access.revalidation where false;
select * from access.revalidation_transition where false;
select pg_get_functiondef('access.keep_revalidation()'::regprocedure);
select pg_get_functiondef('access.queue_revalidation(text, identity.role_grant[], timestamptz)'::regprocedure);

do $$
begin
  assert exists (select from core.transition where machine = 'revalidation' and from_state is null), 'the moves of revalidation';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation'::regclass and tgname = 'revalidation_100_kept') = 'A', 'revalidation_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation'::regclass and tgname = 'revalidation_100_no_truncate') = 'A', 'revalidation_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation_transition'::regclass and tgname = 'revalidation_transition_100_append_only') = 'A', 'revalidation_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation_transition'::regclass and tgname = 'revalidation_transition_100_no_truncate') = 'A', 'revalidation_transition_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation'::regclass and tgname = 'revalidation_100_stays_as_it_was_queued') = 'A', 'revalidation_100_stays_as_it_was_queued';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.revalidation'::regclass and tgname = 'revalidation_800_judge_transition') = 'A', 'revalidation_800_judge_transition';
  assert to_regclass('access.a_grant_is_looked_at_once_at_a_time') is not null, 'index a_grant_is_looked_at_once_at_a_time';
  assert to_regclass('access.revalidation_grant') is not null, 'index revalidation_grant';
  assert to_regclass('access.revalidation_open') is not null, 'index revalidation_open';
  assert to_regclass('access.revalidation_transition_object') is not null, 'index revalidation_transition_object';
end $$;

rollback;
