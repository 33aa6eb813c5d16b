-- Revert smartattend:roles from pg
begin;

-- The roles stay: another database of this server may use them.
do $$
begin
  if pg_catalog.has_database_privilege(current_user, current_database(), 'create with grant option') then
    execute format('revoke create on database %I from smartattend_owner', current_database());
  end if;
end $$;

commit;
