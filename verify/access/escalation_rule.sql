-- Verify smartattend:access/escalation_rule on pg
begin;
set local role smartattend_owner;

select * from access.escalation_rule where false;

rollback;
