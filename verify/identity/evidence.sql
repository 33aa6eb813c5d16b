-- Verify smartattend:identity/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'identity.user', 'identity.membership', 'identity.permission', 'identity.role',
    'identity.role_permission', 'identity.role_grant', 'identity.platform_grant',
    'identity.support_access', 'identity.support_end', 'identity.support_review', 'identity.platform_action'
  ])) = 11, 'evidence of identity';
end $$;

rollback;
