-- Deploy smartattend:attendance/correction_request/expire to pg
begin;
set local role smartattend_owner;

create function attendance.expire_corrections(record_id uuid default null)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
  v_expired integer;
begin
  update attendance.correction_request as q
  set state = 'expired', state_via = 'expire'
  where (q.tenant_id, q.id) in (
    select d.tenant_id, d.id
    from attendance.correction_request as d
    where d.tenant_id = core.bound_tenant() and d.state = 'submitted' and d.expires_at <= v_now
      and (expire_corrections.record_id is null or d.record_id = expire_corrections.record_id)
    order by d.id
    for no key update skip locked
  );
  get diagnostics v_expired = row_count;
  return v_expired;
end $$;
comment on function attendance.expire_corrections(uuid) is
  'Expires the requests of the bound tenant, or of one record, that nobody decided in time, except those that are being decided now; safe to run twice. Returns how many.';

commit;
