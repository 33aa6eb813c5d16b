-- Verify smartattend:identity/current_session on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.current_session()'::regprocedure);
select pg_get_functiondef('identity.session_tenant(text)'::regprocedure);
select pg_get_functiondef('identity.session_user_id()'::regprocedure);
select pg_get_functiondef('identity.session_holds(text)'::regprocedure);
select pg_get_functiondef('identity.session_units(text)'::regprocedure);

rollback;
