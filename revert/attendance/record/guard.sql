-- Revert smartattend:attendance/record/guard from pg
begin;
set local role smartattend_owner;

drop trigger record_800_judge_who_replaces on attendance.record;
drop trigger record_800_judge_who_moves on attendance.record;
drop function attendance.guard_record();
drop function attendance.transition_refusal(attendance.record, text);
drop function attendance.own_register_refusal(uuid);
drop function attendance.overlaps_another(attendance.record);
drop index attendance.a_voided_record_is_replaced_once;

commit;
