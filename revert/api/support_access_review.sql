-- Revert smartattend:api/support_access_review from pg
begin;
set local role smartattend_owner;

drop function api.support_access_review(uuid, uuid, text, text, text);

commit;
