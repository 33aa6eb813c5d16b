-- Revert smartattend:api/access_views from pg
begin;
set local role smartattend_owner;

drop view api.escalation_event;
drop view api.revalidation;
drop view api.role_history;
drop view api.role_approval;
drop view api.role_request;
drop view api.role_grant;
drop view api.role_rule;

commit;
