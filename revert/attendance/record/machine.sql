-- Revert smartattend:attendance/record/machine from pg
begin;
set local role smartattend_owner;

drop trigger record_800_judge_transition on attendance.record;
drop trigger record_800_judge_creation on attendance.record;
delete from core.transition where machine = 'attendance_record';
delete from core.state where machine = 'attendance_record';
delete from core.machine where machine = 'attendance_record';

commit;
