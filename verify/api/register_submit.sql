-- Verify smartattend:api/register_submit on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.read_marks(jsonb, uuid, attendance.session)'::regprocedure);
select pg_get_functiondef('api.register_submit(uuid, uuid, jsonb, text, text)'::regprocedure);

rollback;
