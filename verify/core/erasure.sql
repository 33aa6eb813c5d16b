-- Verify smartattend:core/erasure on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from core.erasure
where false;
select pg_get_functiondef('core.erased_tenant()'::regprocedure);

do $$
begin
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'core.erased_tenant()'::regprocedure), 'core.erased_tenant acts for its owner';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'core.erasure'::regclass), 'row level security of core.erasure';
end $$;

rollback;
