-- Revert smartattend:api/correction_submit from pg
begin;
set local role smartattend_owner;

drop function api.correction_submit(uuid, uuid, text, text, text, timestamptz, timestamptz, text[], boolean, integer, text);

commit;
