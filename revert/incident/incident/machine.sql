-- Revert smartattend:incident/incident/machine from pg
begin;
set local role smartattend_owner;

drop trigger incident_800_judge_transition on incident.incident;
delete from core.transition where machine = 'incident';
delete from core.state where machine = 'incident';
delete from core.machine where machine = 'incident';

commit;
