-- Verify smartattend:metrics/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_schema_privilege('smartattend_owner', 'metrics', 'create'), 'schema metrics';
end $$;

rollback;
