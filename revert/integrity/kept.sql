-- Revert smartattend:integrity/kept from pg
begin;
set local role smartattend_owner;

drop trigger flag_transition_100_no_truncate on integrity.flag_transition;
drop trigger flag_transition_100_append_only on integrity.flag_transition;
drop trigger flag_100_no_truncate on integrity.flag;
drop trigger flag_100_kept on integrity.flag;
drop trigger flag_100_evidence_stays on integrity.flag;
drop function integrity.guard_flag();

commit;
