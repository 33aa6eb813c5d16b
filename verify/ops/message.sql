-- Verify smartattend:ops/message on pg
begin;
set local role smartattend_owner;

select * from ops.message where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.message'::regclass and tgname = 'message_100_append_only') = 'A', 'message_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.message'::regclass and tgname = 'message_100_no_truncate') = 'A', 'message_100_no_truncate';
end $$;

rollback;
