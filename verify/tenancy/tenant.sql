-- Verify smartattend:tenancy/tenant on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  slug,
  name,
  platform,
  time_zone,
  is_sandbox,
  state,
  state_via,
  state_reason,
  created_at
from tenancy.tenant
where false;
select
  tenant_id,
  object_id,
  id,
  from_state,
  to_state,
  via,
  reason,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from tenancy.tenant_transition
where false;

do $$
begin
end $$;

rollback;
