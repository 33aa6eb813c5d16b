-- Verify smartattend:access/observe on pg
begin;
set local role smartattend_owner;

select * from access.observed where false;
select pg_get_functiondef('access.observe(timestamptz)'::regprocedure);

do $$
begin
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.observed'::regclass and polname = 'owner_keeps_the_bound_tenant'), 'policy owner_keeps_the_bound_tenant on access.observed';
end $$;

rollback;
