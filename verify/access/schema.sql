-- Verify smartattend:access/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_schema_privilege('smartattend_owner', 'access', 'create'), 'schema access';
end $$;

rollback;
