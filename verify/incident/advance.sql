-- Verify smartattend:incident/advance on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.advance(timestamptz)'::regprocedure);

rollback;
