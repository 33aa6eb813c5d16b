-- Verify smartattend:tenancy/site on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  code,
  name,
  time_zone,
  latitude,
  longitude,
  radius_m,
  networks,
  created_at
from tenancy.site
where false;

rollback;
