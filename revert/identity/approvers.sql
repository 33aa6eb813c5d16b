-- Revert smartattend:identity/approvers from pg
begin;
set local role smartattend_owner;

drop function identity.approvers(uuid, uuid, text, text, timestamptz);

commit;
