-- Verify smartattend:identity/finish_platform on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.claim_platform(text, uuid, jsonb, text)'::regprocedure);
select pg_get_functiondef('identity.finish_platform(core.outcome, uuid, text, jsonb, uuid, jsonb, jsonb, text, jsonb)'::regprocedure);
select pg_get_functiondef('identity.platform_justification()'::regprocedure);

rollback;
