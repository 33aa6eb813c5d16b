-- Revert smartattend:api/escalation_decide from pg
begin;
set local role smartattend_owner;

drop function api.escalation_decide(uuid, uuid, text, text, text);

commit;
