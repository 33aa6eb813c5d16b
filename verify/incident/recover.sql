-- Verify smartattend:incident/recover on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.recover(text, text, jsonb)'::regprocedure);

rollback;
