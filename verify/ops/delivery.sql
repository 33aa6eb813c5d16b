-- Verify smartattend:ops/delivery on pg
begin;
set local role smartattend_owner;

select * from ops.delivery where false;

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.delivery'::regclass and tgname = 'delivery_100_kept') = 'A', 'delivery_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'ops.delivery'::regclass and tgname = 'delivery_100_no_truncate') = 'A', 'delivery_100_no_truncate';
  assert to_regclass('ops.delivery_due') is not null, 'index delivery_due';
  assert to_regclass('ops.delivery_of_a_subscription') is not null, 'index delivery_of_a_subscription';
end $$;

rollback;
