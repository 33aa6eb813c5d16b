-- Verify smartattend:corporate/kept on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.shift_template'::regclass and tgname = 'shift_template_100_kept') = 'A', 'shift_template_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.shift_template'::regclass and tgname = 'shift_template_100_no_truncate') = 'A', 'shift_template_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.roster'::regclass and tgname = 'roster_100_kept') = 'A', 'roster_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.roster'::regclass and tgname = 'roster_100_no_truncate') = 'A', 'roster_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.shift_instance'::regclass and tgname = 'shift_instance_100_append_only') = 'A', 'shift_instance_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.shift_instance'::regclass and tgname = 'shift_instance_100_no_truncate') = 'A', 'shift_instance_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.away'::regclass and tgname = 'away_100_append_only') = 'A', 'away_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'corporate.away'::regclass and tgname = 'away_100_no_truncate') = 'A', 'away_100_no_truncate';
end $$;

rollback;
