-- Verify smartattend:default_privileges on pg
begin;

do $$
begin
  assert (
    select count(*) = 4
    from pg_catalog.pg_default_acl
    where defaclnamespace = 0
      and defaclobjtype = 'f'
      and pg_get_userbyid(defaclrole) in ('smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_refresher')
      and not exists (select from aclexplode(defaclacl) as a where a.grantee = 0)
  ), 'public executes no function by default';
end $$;

rollback;
