-- Verify smartattend:api/access_views on pg
begin;
set local role smartattend_owner;

select * from api.role_rule where false;
select * from api.role_grant where false;
select * from api.role_request where false;
select * from api.role_approval where false;
select * from api.role_history where false;
select * from api.revalidation where false;
select * from api.escalation_event where false;

rollback;
