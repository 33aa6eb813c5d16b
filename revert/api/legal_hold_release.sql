-- Revert smartattend:api/legal_hold_release from pg
begin;
set local role smartattend_owner;

drop function api.legal_hold_release(uuid, uuid, uuid, text, text);

commit;
