-- Deploy smartattend:incident/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('incident.incident_transition');
select ledger.add_history('incident.occurrence');
select ledger.add_history('incident.statement');
select ledger.add_history('incident.assignment');
select ledger.add_history('incident.pause');
select ledger.add_history('incident.resumption');
select ledger.add_history('incident.escalation');
select ledger.add_history('incident.page');
select ledger.add_history('incident.verdict');
select ledger.add_capture('incident.source');
select ledger.add_capture('incident.severity');
select ledger.add_capture('incident.step');
select ledger.add_capture('incident.requirement');
select ledger.add_capture('incident.incident');

commit;
