-- Verify smartattend:identity/membership on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  user_id,
  member_number,
  kind,
  display_name,
  active_from,
  active_until,
  created_at
from identity.membership
where false;

do $$
begin
  assert to_regclass('identity.membership_user') is not null, 'index membership_user';
end $$;

rollback;
