-- Revert smartattend:access/revoke from pg
begin;
set local role smartattend_owner;

drop function access.revoke(uuid, text, timestamptz);

commit;
