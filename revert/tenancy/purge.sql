-- Revert smartattend:tenancy/purge from pg
begin;
set local role smartattend_owner;

drop function tenancy.purge(uuid, text, text);
drop function tenancy.erase_rows(uuid);

do $$
declare
  v_policy record;
begin
  for v_policy in
    select p.polname, p.polrelid::regclass as relation
    from pg_policy as p
    where p.polname in ('owner_erases_the_purged_tenant', 'owner_sees_the_purged_tenant')
    order by 2, 1
  loop
    execute format('drop policy %I on %s', v_policy.polname, v_policy.relation);
  end loop;
end $$;

commit;
