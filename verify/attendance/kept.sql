-- Verify smartattend:attendance/kept on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.code'::regclass and tgname = 'code_100_kept') = 'A', 'code_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.code'::regclass and tgname = 'code_100_no_truncate') = 'A', 'code_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.session'::regclass and tgname = 'session_100_kept') = 'A', 'session_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.session'::regclass and tgname = 'session_100_no_truncate') = 'A', 'session_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.register'::regclass and tgname = 'register_100_kept') = 'A', 'register_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.register'::regclass and tgname = 'register_100_no_truncate') = 'A', 'register_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.expectation'::regclass and tgname = 'expectation_100_kept') = 'A', 'expectation_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.expectation'::regclass and tgname = 'expectation_100_no_truncate') = 'A', 'expectation_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.register_transition'::regclass and tgname = 'register_transition_100_append_only') = 'A', 'register_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.register_transition'::regclass and tgname = 'register_transition_100_no_truncate') = 'A', 'register_transition_100_no_truncate';
end $$;

rollback;
