-- Verify smartattend:tenancy/export_receipt on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  stay_id,
  received_by,
  archive_sha256,
  rows,
  actor_id,
  session_id,
  database_user,
  recorded_at,
  xid,
  epoch
from tenancy.export_receipt
where false;

do $$
begin
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'tenancy.export_receipt'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards of tenancy.export_receipt, always enabled';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.export_receipt'::regclass), 'row level security of tenancy.export_receipt';
end $$;

rollback;
