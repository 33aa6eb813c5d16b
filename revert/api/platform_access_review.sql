-- Revert smartattend:api/platform_access_review from pg
begin;
set local role smartattend_owner;

drop function api.platform_access_review(uuid, uuid, uuid, text, text, text);

commit;
