-- Revert smartattend:api/setting_put from pg
begin;
set local role smartattend_owner;

drop view api.setting;
drop function api.setting_put(uuid, jsonb, text, text);

commit;
