-- Revert smartattend:incident/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('incident.incident');
select ledger.remove_capture('incident.requirement');
select ledger.remove_capture('incident.step');
select ledger.remove_capture('incident.severity');
select ledger.remove_capture('incident.source');
select ledger.remove_history('incident.verdict');
select ledger.remove_history('incident.page');
select ledger.remove_history('incident.escalation');
select ledger.remove_history('incident.resumption');
select ledger.remove_history('incident.pause');
select ledger.remove_history('incident.assignment');
select ledger.remove_history('incident.statement');
select ledger.remove_history('incident.occurrence');
select ledger.remove_history('incident.incident_transition');

commit;
