-- Verify smartattend:tenancy/platform on pg
begin;
set local role smartattend_owner;

select
  platform,
  meaning
from tenancy.platform
where false;

rollback;
