-- Verify smartattend:tenancy/approval on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  stay_id,
  via,
  to_state,
  approver_id,
  session_id,
  reason,
  database_user,
  recorded_at,
  xid,
  epoch
from tenancy.approval
where false;

select
  pg_get_functiondef('tenancy.stays(uuid)'::regprocedure),
  pg_get_functiondef('tenancy.find_move(text, text, text)'::regprocedure);

do $$
begin
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'tenancy.approval'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards of tenancy.approval, always enabled';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'tenancy.approval'::regclass), 'row level security of tenancy.approval';
end $$;

rollback;
