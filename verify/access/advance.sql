-- Verify smartattend:access/advance on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.advance(timestamptz)'::regprocedure);
select pg_get_functiondef('access.queue_on_change()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.membership'::regclass and tgname = 'membership_900_queue_revalidation') = 'A', 'membership_900_queue_revalidation';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'tenancy.tenant'::regclass and tgname = 'tenant_900_queue_revalidation') = 'A', 'tenant_900_queue_revalidation';
end $$;

rollback;
