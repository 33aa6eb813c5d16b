-- Revert smartattend:api/subscription_put from pg
begin;
set local role smartattend_owner;

drop function api.subscription_put(uuid, text, text, text, text, boolean, text);

commit;
