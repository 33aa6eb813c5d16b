-- Revert smartattend:core/judge_transition from pg
begin;
set local role smartattend_owner;

drop function core.judge_transition();
drop function core.transition_refusal(text, text, text, text, text, jsonb);

commit;
