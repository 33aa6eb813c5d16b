-- Verify smartattend:tenancy/lock_state on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('tenancy.lock_state(uuid)'::regprocedure);

rollback;
