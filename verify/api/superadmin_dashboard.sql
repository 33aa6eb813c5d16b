-- Verify smartattend:api/superadmin_dashboard on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.superadmin_dashboard(text)'::regprocedure);

rollback;
