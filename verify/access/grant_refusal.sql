-- Verify smartattend:access/grant_refusal on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.live_grants(uuid, uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('access.holds_every_permission_of(uuid, text, uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('access.approving_grant(uuid, text, uuid, uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('access.granter_refusal(uuid, text, uuid, uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('access.levels_between(integer, text)'::regprocedure);
select pg_get_functiondef('access.grant_refusal(access.role_request, uuid[], timestamptz)'::regprocedure);
select pg_get_functiondef('access.note_refusal(core.outcome, access.role_request)'::regprocedure);
select pg_get_functiondef('access.refuse(text, uuid, jsonb, core.outcome, access.role_request)'::regprocedure);

rollback;
