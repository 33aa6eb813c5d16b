-- Revert smartattend:api/register_reopen from pg
begin;
set local role smartattend_owner;

drop function api.register_reopen(uuid, uuid, text, text);

commit;
