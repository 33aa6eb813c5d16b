-- Verify smartattend:api/corporate_views on pg
begin;
set local role smartattend_owner;

select * from api.worked_time where false;
select * from api.overtime where false;
select * from api.rest where false;

do $$
begin
  assert has_table_privilege('smartattend_app', 'api.worked_time', 'select'), 'the application reads api.worked_time';
  assert has_table_privilege('smartattend_app', 'api.overtime', 'select'), 'the application reads api.overtime';
  assert has_table_privilege('smartattend_app', 'api.rest', 'select'), 'the application reads api.rest';
  assert not has_table_privilege('public', 'api.worked_time', 'select'), 'the public does not';
end $$;

rollback;
