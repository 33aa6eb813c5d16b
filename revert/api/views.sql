-- Revert smartattend:api/views from pg
begin;
set local role smartattend_owner;

drop view api.machine_transition;
drop view api.machine_state;
drop view api.error_code;
drop view api.substitute;
drop view api.closed_day;
drop view api.leave;
drop view api.roll;
drop view api.attendance;
drop view api.expectation;
drop view api.register;
drop view api.session;
drop view api.code;
drop view api.device;
drop view api.member;
drop view api.unit;
drop view api.site;
drop view api.tenant;

commit;
