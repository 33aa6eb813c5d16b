-- Revert smartattend:access/grant_history from pg
begin;
set local role smartattend_owner;

drop trigger role_grant_900_keep_history on identity.role_grant;
drop table access.grant_history;
drop function access.keep_grant_history();

commit;
