-- Verify smartattend:incident/schema on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_schema_privilege('smartattend_owner', 'incident', 'create'), 'schema incident';
end $$;

rollback;
