-- Verify smartattend:api/flag_views on pg
begin;
set local role smartattend_owner;

select * from api.flag where false;
select * from api.flag_decision where false;
select * from api.integrity_rule where false;

rollback;
