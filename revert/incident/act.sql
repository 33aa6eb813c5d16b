-- Revert smartattend:incident/act from pg
begin;
set local role smartattend_owner;

drop function incident.summary(incident.incident);
drop function incident.may_have(uuid);
drop function incident.lock_incident(uuid);
drop function incident.finish(core.outcome, uuid, text, jsonb);
drop function incident.refusal();

commit;
