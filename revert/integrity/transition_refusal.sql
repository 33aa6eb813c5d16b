-- Revert smartattend:integrity/transition_refusal from pg
begin;
set local role smartattend_owner;

drop trigger record_900_flags_are_decided on attendance.record;
drop function integrity.judge_record();
drop function integrity.transition_refusal(uuid, text);

commit;
