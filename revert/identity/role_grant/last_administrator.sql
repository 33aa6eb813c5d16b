-- Revert smartattend:identity/role_grant/last_administrator from pg
begin;
set local role smartattend_owner;

drop trigger membership_700_keep_an_administrator on identity.membership;
drop trigger role_grant_700_keep_an_administrator on identity.role_grant;
drop function identity.keep_an_administrator();
drop function identity.has_another_administrator(uuid, uuid, uuid);
drop function identity.is_permanent_administrator(identity.role_grant);

commit;
