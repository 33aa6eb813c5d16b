-- Verify smartattend:tenancy/tombstone on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  slug_sha256,
  name_sha256,
  platform,
  via,
  created_at,
  archived_at,
  rows,
  block,
  block_hash,
  archive_sha256,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from tenancy.tombstone
where false;

select
  pg_get_functiondef('tenancy.missing(uuid, text, tenancy.tenant_transition, timestamptz)'::regprocedure),
  pg_get_functiondef('tenancy.judge_erasure()'::regprocedure);

do $$
begin
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'tenancy.tombstone'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards of tenancy.tombstone, always enabled';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.tombstone'::regclass), 'row level security of tenancy.tombstone';
  assert (
    select tgenabled = 'A' from pg_catalog.pg_trigger where tgrelid = 'core.erasure'::regclass and tgname = 'erasure_100_purged_tenants_only'
  ), 'erasure_100_purged_tenants_only';
end $$;

rollback;
