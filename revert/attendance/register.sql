-- Revert smartattend:attendance/register from pg
begin;
set local role smartattend_owner;

drop trigger register_800_judge_transition on attendance.register;
drop table attendance.register_transition;
drop table attendance.register;
delete from core.transition where machine = 'register';
delete from core.state where machine = 'register';
delete from core.machine where machine = 'register';

commit;
