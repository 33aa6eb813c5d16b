-- Verify smartattend:incident/rule on pg
begin;
set local role smartattend_owner;

select * from incident.source where false;
select * from incident.severity where false;
select * from incident.step where false;
select * from incident.requirement where false;

rollback;
