-- Revert smartattend:incident/incident/follow from pg
begin;
set local role smartattend_owner;

drop trigger incident_900_follow_move on incident.incident;
drop trigger statement_900_verdict_is_anothers on incident.statement;
drop function incident.follow_move();
drop function incident.judge_statement();
drop function incident.is_about(uuid, uuid, uuid);
drop function incident.missing(incident.incident, text);

commit;
