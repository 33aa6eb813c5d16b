-- Verify smartattend:core/judge_transition on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('core.transition_refusal(text, text, text, text, text, jsonb)'::regprocedure);
select pg_get_functiondef('core.judge_transition()'::regprocedure);

rollback;
