-- Revert smartattend:access/role_rule from pg
begin;
set local role smartattend_owner;

drop function access.is_weaker(access.role_rule, access.role_rule);
drop table access.separation;
drop table access.role_rule;

commit;
