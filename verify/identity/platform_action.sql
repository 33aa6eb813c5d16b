-- Verify smartattend:identity/platform_action on pg
begin;
set local role smartattend_owner;

select
  tenant_id, id, user_id, session_id, command, key, before, after, justification, client_address, status, code, recorded_at, xid, epoch
from identity.platform_action
where false;

rollback;
