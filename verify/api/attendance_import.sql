-- Verify smartattend:api/attendance_import on pg
begin;
set local role smartattend_owner;

select 'attendance.import_entry'::regtype;
select pg_get_functiondef('attendance.read_import(jsonb)'::regprocedure);
select pg_get_functiondef('api.attendance_import(jsonb, text)'::regprocedure);

rollback;
