-- Revert smartattend:api/incident_views from pg
begin;
set local role smartattend_owner;

drop view api.incident_escalation_missed;
drop view api.incident_timeline;
drop view api.incident;
drop view api.incident_sla;

commit;
