-- Revert smartattend:roles from pg
begin;

-- The roles stay: another database of this server may use them.
do $$
begin
  execute format('revoke create on database %I from smartattend_owner', current_database());
end $$;

commit;
