-- The permissions, and which of them devices have, too.
select
  p.permission,
  exists (select from identity.role_permission as r where r.role = 'device' and r.permission = p.permission) as is_devices
from identity.permission as p
order by p.permission
