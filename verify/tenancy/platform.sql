-- Verify smartattend:tenancy/platform on pg
begin;

select
  platform,
  meaning
from tenancy.platform
where false;

rollback;
