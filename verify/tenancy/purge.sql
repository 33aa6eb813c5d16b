-- Verify smartattend:tenancy/purge on pg
begin;
set local role smartattend_owner;

select
  pg_get_functiondef('tenancy.erase_rows(uuid)'::regprocedure),
  pg_get_functiondef('tenancy.purge(uuid, text, text)'::regprocedure);

do $$
begin
  assert not exists (
    select from pg_policy as p
    where p.polname = 'owner_erases_the_purged_tenant'
      and not exists (
        select from pg_policy as s
        where s.polrelid = p.polrelid and s.polcmd in ('r', '*') and 'smartattend_owner'::regrole = any (s.polroles)
      )
  ), 'what is erased is seen';
  assert (select count(*) > 40 from pg_policy as p where p.polname = 'owner_erases_the_purged_tenant'), 'policies for the erasure';
end $$;

rollback;
