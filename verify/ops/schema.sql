-- Verify smartattend:ops/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_schema_privilege('smartattend_owner', 'ops', 'create'), 'schema ops';
end $$;

rollback;
