-- Revert smartattend:identity/role_grant from pg
begin;
set local role smartattend_owner;

drop table identity.platform_grant;
drop table identity.role_grant;

commit;
