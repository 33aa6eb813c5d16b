-- Verify smartattend:api/correction_request on pg
begin;
set local role smartattend_owner;

select * from api.correction_request where false;
select * from api.correction_type where false;

do $$
begin
  assert has_table_privilege('smartattend_app', 'api.correction_type', 'select'), 'the application reads the types';
  assert has_table_privilege('smartattend_app', 'api.correction_request', 'select'), 'the application reads requests';
  assert not has_table_privilege('smartattend_app', 'api.correction_request', 'insert, update, delete'), 'the application writes no requests';
end $$;

rollback;
