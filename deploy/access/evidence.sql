-- Deploy smartattend:access/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('access.role_request_transition');
select ledger.add_history('access.role_approval');
select ledger.add_history('access.revalidation_transition');
select ledger.add_history('access.escalation_event_transition');
select ledger.add_history('access.alarm');
select ledger.add_history('access.grant_history');
select ledger.add_capture('access.role_rule');
select ledger.add_capture('access.separation');
select ledger.add_capture('access.escalation_rule');
select ledger.add_capture('access.role_request');
select ledger.add_capture('access.revalidation');
select ledger.add_capture('access.escalation_event');

commit;
