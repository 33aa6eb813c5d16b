-- Revert smartattend:attendance/kept from pg
begin;
set local role smartattend_owner;

drop trigger register_transition_100_no_truncate on attendance.register_transition;
drop trigger register_transition_100_append_only on attendance.register_transition;
drop trigger expectation_100_no_truncate on attendance.expectation;
drop trigger expectation_100_kept on attendance.expectation;
drop trigger register_100_no_truncate on attendance.register;
drop trigger register_100_kept on attendance.register;
drop trigger session_100_no_truncate on attendance.session;
drop trigger session_100_kept on attendance.session;
drop trigger code_100_no_truncate on attendance.code;
drop trigger code_100_kept on attendance.code;

commit;
