-- Revert smartattend:api/period_transition from pg
begin;
set local role smartattend_owner;

drop function api.period_transition(uuid, uuid, text, text, text);

commit;
