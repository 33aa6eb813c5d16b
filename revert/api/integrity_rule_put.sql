-- Revert smartattend:api/integrity_rule_put from pg
begin;
set local role smartattend_owner;

drop function api.integrity_rule_put(uuid, text, text, boolean, jsonb, text);

commit;
