-- Verify smartattend:api/support_views on pg
begin;
set local role smartattend_owner;

select id, kind, person, reason, ticket, begun_at, until, verdict
from api.support_access
where false;

rollback;
