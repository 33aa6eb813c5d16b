-- Verify smartattend:tenancy/legal_hold on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  ticket,
  reason,
  placed_by,
  placed_at,
  released_by,
  released_at,
  release_reason
from tenancy.legal_hold
where false;

select pg_get_functiondef('tenancy.guard_legal_hold()'::regprocedure);

do $$
begin
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'tenancy.legal_hold'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards of tenancy.legal_hold, always enabled';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.legal_hold'::regclass), 'row level security of tenancy.legal_hold';
end $$;

rollback;
