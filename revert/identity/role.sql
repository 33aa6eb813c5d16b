-- Revert smartattend:identity/role from pg
begin;
set local role smartattend_owner;

drop table identity.role_permission;
drop table identity.role;
drop table identity.permission;

commit;
