-- Verify smartattend:identity/support_access on pg
begin;
set local role smartattend_owner;

select tenant_id, id, kind, user_id, person, reason, session_reason, ticket, begun_at, expires_at, xid, epoch
from identity.support_access
where false;
select tenant_id, access_id, ended_at, because, xid, epoch
from identity.support_end
where false;
select tenant_id, access_id, doer_id, reviewer_id, verdict, reason, xid, epoch
from identity.support_review
where false;

rollback;
