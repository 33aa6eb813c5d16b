-- Verify smartattend:api/put_leave on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.manages_leave(uuid, timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('api.put_leave(jsonb, text)'::regprocedure);

rollback;
