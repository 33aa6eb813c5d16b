-- Verify smartattend:identity/bind_job on pg
begin;
set local role smartattend_session;

select pg_get_functiondef('identity.bind_job(uuid)'::regprocedure);
select pg_get_functiondef('identity.job_tenants(text)'::regprocedure);

rollback;
