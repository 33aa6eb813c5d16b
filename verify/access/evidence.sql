-- Verify smartattend:access/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'access.role_request_transition', 'access.role_approval', 'access.revalidation_transition',
    'access.escalation_event_transition', 'access.alarm', 'access.grant_history', 'access.role_rule', 'access.separation',
    'access.escalation_rule', 'access.role_request', 'access.revalidation', 'access.escalation_event'
  ])) = 12, 'evidence of access';
end $$;

rollback;
