-- Revert smartattend:tenancy/purge from pg
begin;
set local role smartattend_owner;

drop function tenancy.purge(uuid, text, text);
drop function tenancy.erase_rows(uuid);

do $$
declare
  v_table regclass;
begin
  for v_table in select p.polrelid::regclass from pg_policy as p where p.polname = 'owner_erases_the_purged_tenant' order by 1 loop
    execute format('drop policy owner_erases_the_purged_tenant on %s', v_table);
  end loop;
end $$;

commit;
