-- The lifecycle of a tenant so far.
select h.recorded_at, h.from_state, h.to_state, h.via, h.reason, h.database_user, h.actor_id
from tenancy.tenant_transition as h
where h.tenant_id = %(tenant_id)s
order by h.recorded_at, h.id
