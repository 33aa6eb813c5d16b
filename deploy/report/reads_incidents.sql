-- Deploy smartattend:report/reads_incidents to pg
begin;
set local role smartattend_owner;

grant usage on schema incident to smartattend_refresher;
grant select on incident.incident, incident.incident_transition, incident.pause, incident.resumption, incident.verdict to smartattend_refresher;
create policy refresher_reads_every_tenant on incident.incident for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on incident.incident_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on incident.pause for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on incident.resumption for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on incident.verdict for select to smartattend_refresher using (true);

commit;
