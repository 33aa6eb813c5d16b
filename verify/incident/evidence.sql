-- Verify smartattend:incident/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'incident.incident_transition', 'incident.occurrence', 'incident.statement', 'incident.assignment', 'incident.pause',
    'incident.resumption', 'incident.escalation', 'incident.page', 'incident.verdict', 'incident.source', 'incident.severity',
    'incident.step', 'incident.requirement', 'incident.incident'
  ])) = 14, 'evidence of incident';
end $$;

rollback;
