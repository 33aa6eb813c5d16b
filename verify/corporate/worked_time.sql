-- Verify smartattend:corporate/worked_time on pg
begin;
set local role smartattend_owner;

select * from corporate.presence where false;
select * from corporate.worked_time where false;
select * from corporate.overtime where false;
select * from corporate.rest where false;

rollback;
