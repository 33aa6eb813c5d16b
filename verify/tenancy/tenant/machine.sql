-- Verify smartattend:tenancy/tenant/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from core.state where machine = 'tenant') = 7, 'seven states';
  assert (select count(*) from core.transition where machine = 'tenant') = 16, 'fifteen moves and the creation';
  assert (
    select tgenabled from pg_catalog.pg_trigger
    where tgrelid = 'tenancy.tenant'::regclass and tgname = 'tenant_800_judge_transition'
  ) = 'A', 'the trigger is always enabled';
end $$;

rollback;
