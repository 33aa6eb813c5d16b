-- Verify smartattend:identity/bind_platform on pg
begin;

select pg_get_functiondef('identity.bind_platform(text, text)'::regprocedure);
select pg_get_functiondef('identity.bind_target(uuid)'::regprocedure);

rollback;
