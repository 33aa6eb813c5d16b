-- Revert smartattend:api/register_close from pg
begin;
set local role smartattend_owner;

drop function api.register_close(uuid, text);

commit;
