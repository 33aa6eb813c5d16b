-- The health of services for the session's tenant.
select s.service, s.state, s.is_flapping
from api.service_health as s
