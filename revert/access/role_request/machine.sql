-- Revert smartattend:access/role_request/machine from pg
begin;
set local role smartattend_owner;

drop trigger role_request_800_judge_transition on access.role_request;
delete from core.transition where machine = 'role_request';
delete from core.state where machine = 'role_request';
delete from core.machine where machine = 'role_request';

commit;
