-- Revert smartattend:report/reads_incidents from pg
begin;
set local role smartattend_owner;

drop policy refresher_reads_every_tenant on incident.verdict;
drop policy refresher_reads_every_tenant on incident.resumption;
drop policy refresher_reads_every_tenant on incident.pause;
drop policy refresher_reads_every_tenant on incident.incident_transition;
drop policy refresher_reads_every_tenant on incident.incident;
revoke select on incident.incident, incident.incident_transition, incident.pause, incident.resumption, incident.verdict from smartattend_refresher;
revoke usage on schema incident from smartattend_refresher;

commit;
