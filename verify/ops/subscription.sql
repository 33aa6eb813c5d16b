-- Verify smartattend:ops/subscription on pg
begin;
set local role smartattend_owner;

select * from ops.subscription where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.subscription'::regclass and tgname = 'subscription_100_kept') = 'A', 'subscription_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.subscription'::regclass and tgname = 'subscription_100_no_truncate') = 'A', 'subscription_100_no_truncate';
end $$;

rollback;
