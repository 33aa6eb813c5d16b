-- Revert smartattend:access/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('access.escalation_event');
select ledger.remove_capture('access.revalidation');
select ledger.remove_capture('access.role_request');
select ledger.remove_capture('access.escalation_rule');
select ledger.remove_capture('access.separation');
select ledger.remove_capture('access.role_rule');
select ledger.remove_history('access.grant_history');
select ledger.remove_history('access.alarm');
select ledger.remove_history('access.escalation_event_transition');
select ledger.remove_history('access.revalidation_transition');
select ledger.remove_history('access.role_approval');
select ledger.remove_history('access.role_request_transition');

commit;
