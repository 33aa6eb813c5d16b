-- Revert smartattend:api/revalidation_decide from pg
begin;
set local role smartattend_owner;

drop function api.revalidation_decide(uuid, uuid, text, text, timestamptz, text);

commit;
