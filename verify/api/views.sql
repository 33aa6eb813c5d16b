-- Verify smartattend:api/views on pg
begin;
set local role smartattend_owner;

select * from api.tenant where false;
select * from api.site where false;
select * from api.unit where false;
select * from api.member where false;
select * from api.device where false;
select * from api.code where false;
select * from api.session where false;
select * from api.register where false;
select * from api.expectation where false;
select * from api.attendance where false;
select * from api.roll where false;
select * from api.leave where false;
select * from api.closed_day where false;
select * from api.substitute where false;
select * from api.error_code where false;
select * from api.machine_state where false;
select * from api.machine_transition where false;

rollback;
