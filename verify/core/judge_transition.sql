-- Verify smartattend:core/judge_transition on pg
begin;

select pg_get_functiondef('core.transition_refusal(text, text, text, text, text, jsonb)'::regprocedure);
select pg_get_functiondef('core.judge_transition()'::regprocedure);

rollback;
