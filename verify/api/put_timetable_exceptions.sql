-- Verify smartattend:api/put_timetable_exceptions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('api.put_timetable_exceptions(jsonb, text)'::regprocedure);

rollback;
