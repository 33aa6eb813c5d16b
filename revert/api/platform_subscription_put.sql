-- Revert smartattend:api/platform_subscription_put from pg
begin;
set local role smartattend_owner;

drop function api.platform_subscription_put(uuid, text, text, text, text, boolean, text);

commit;
