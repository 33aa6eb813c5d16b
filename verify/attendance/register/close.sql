-- Verify smartattend:attendance/register/close on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.close_registers()'::regprocedure);

do $$
begin
  assert to_regclass('attendance.register_waits_to_be_closed') is not null, 'index register_waits_to_be_closed';
end $$;

rollback;
