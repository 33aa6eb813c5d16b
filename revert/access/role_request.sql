-- Revert smartattend:access/role_request from pg
begin;
set local role smartattend_owner;

drop index identity.a_request_makes_one_grant;
alter table identity.role_grant drop constraint grant_is_of_a_request;
drop table access.role_approval;
drop table access.role_request_transition;
drop table access.role_request;
drop function access.keep_role_request();

commit;
