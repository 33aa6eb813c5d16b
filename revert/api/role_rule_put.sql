-- Revert smartattend:api/role_rule_put from pg
begin;
set local role smartattend_owner;

drop function api.role_rule_put(uuid, text, jsonb, text, text);

commit;
