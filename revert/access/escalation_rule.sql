-- Revert smartattend:access/escalation_rule from pg
begin;
set local role smartattend_owner;

drop table access.escalation_rule;

commit;
