-- Revert smartattend:attendance/correction_request from pg
begin;
set local role smartattend_owner;

drop trigger event_700_correction_is_approved on attendance.event;
drop function attendance.judge_correction();
drop trigger correction_request_800_judge_transition on attendance.correction_request;
delete from core.transition where machine = 'correction_request';
delete from core.state where machine = 'correction_request';
delete from core.machine where machine = 'correction_request';
drop trigger correction_request_100_stays_as_it_was_made on attendance.correction_request;
drop function attendance.keep_correction_request();
drop trigger correction_request_transition_100_no_truncate on attendance.correction_request_transition;
drop trigger correction_request_transition_100_append_only on attendance.correction_request_transition;
drop table attendance.correction_request_transition;
drop trigger correction_request_100_no_truncate on attendance.correction_request;
drop trigger correction_request_100_kept on attendance.correction_request;
drop table attendance.correction_request;
drop table attendance.correction_type;

commit;
