-- Verify smartattend:api/incident_views on pg
begin;
set local role smartattend_owner;

select * from api.incident_sla where false;
select * from api.incident where false;
select * from api.incident_timeline where false;
select * from api.incident_escalation_missed where false;

rollback;
