-- Verify smartattend:timing/sampling_refusal on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('timing.sampling_refusal(core.actor, uuid)'::regprocedure);

rollback;
