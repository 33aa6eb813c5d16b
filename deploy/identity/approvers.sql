-- Deploy smartattend:identity/approvers to pg
begin;
set local role smartattend_owner;

create function identity.approvers(tenant_id uuid, stay_id uuid, via text, to_state text, now timestamptz)
returns uuid[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct a.approver_id), '{}')
  from tenancy.approval as a
  where a.tenant_id = approvers.tenant_id
    and a.stay_id = approvers.stay_id
    and a.via = approvers.via
    and a.to_state = approvers.to_state
    and a.recorded_at > approvers.now - interval '72 hours'
    and identity.operates(a.approver_id, 'tenant.operate', approvers.now)
$$;
comment on function identity.approvers(uuid, uuid, text, text, timestamptz) is
  'Whose approvals of a move count now: given since the tenant came into its state (stay_id), within 72 hours, by people who still hold tenant.operate; a person counts once.';

commit;
