-- Verify smartattend:tenancy/kept on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) = 8
    from pg_catalog.pg_trigger
    where tgrelid in (
      'tenancy.tenant'::regclass, 'tenancy.site'::regclass, 'tenancy.unit'::regclass, 'tenancy.tenant_transition'::regclass
    )
      and tgfoid = 'core.refuse_change()'::regprocedure
      and tgenabled = 'A'
  ), 'eight guards, always enabled';
end $$;

rollback;
