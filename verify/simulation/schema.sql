-- Verify smartattend:simulation/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_schema_privilege('smartattend_app', 'simulation', 'usage'), 'smartattend_app uses simulation';
  assert not has_schema_privilege('smartattend_app', 'simulation', 'create'), 'smartattend_app creates nothing in simulation';
end $$;

rollback;
