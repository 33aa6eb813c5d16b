-- Revert smartattend:api/register_marks from pg
begin;
set local role smartattend_owner;

drop function api.register_marks(uuid, text);

commit;
