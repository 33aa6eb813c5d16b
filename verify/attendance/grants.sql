-- Verify smartattend:attendance/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'attendance.record', 'select'), 'the application reads records, as policies allow';
  assert not has_table_privilege('smartattend_app', 'attendance.record', 'insert, update, delete'), 'the application writes none';
  assert not has_table_privilege('smartattend_app', 'attendance.event', 'select, insert, update, delete'), 'the application does not touch events';
end $$;

rollback;
