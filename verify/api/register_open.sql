-- Verify smartattend:api/register_open on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.move_register(text, uuid, uuid, text, text)'::regprocedure);
select pg_get_functiondef('api.register_open(uuid, uuid, text)'::regprocedure);

rollback;
