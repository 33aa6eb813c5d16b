-- Revert smartattend:api/register_cancel from pg
begin;
set local role smartattend_owner;

drop function api.register_cancel(uuid, uuid, text, text);

commit;
