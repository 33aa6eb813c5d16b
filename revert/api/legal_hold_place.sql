-- Revert smartattend:api/legal_hold_place from pg
begin;
set local role smartattend_owner;

drop function api.legal_hold_place(uuid, uuid, text, text, text);

commit;
