-- Verify smartattend:identity/bind_platform on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.bind_platform(text, text)'::regprocedure);
select pg_get_functiondef('identity.bind_target(uuid)'::regprocedure);

rollback;
