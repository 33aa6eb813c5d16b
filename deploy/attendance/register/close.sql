-- Deploy smartattend:attendance/register/close to pg
begin;
set local role smartattend_owner;

create index register_waits_to_be_closed on attendance.register (tenant_id, session_id) where state = 'submitted';

create function attendance.close_registers()
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  c_registers constant integer := 10000;
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz := core.clock();
  v_before timestamptz;
  v_due uuid[];
  v_closed integer;
begin
  select v_now - t.register_closes_after into strict v_before from tenancy.setting as t where t.tenant_id = v_tenant_id;
  v_due := array(
    select r.session_id
    from attendance.register as r
    inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
    where r.tenant_id = v_tenant_id
      and r.state = 'submitted'
      and (
        (attendance.period_at(s.starts_at)).state = 'closed'
        or (
          select max(t.recorded_at)
          from attendance.register_transition as t
          where t.tenant_id = r.tenant_id and t.object_id = r.session_id
        ) <= v_before
      )
    order by r.session_id
    limit c_registers
    for no key update of r
  );
  update attendance.register as r
  set state = 'closed', state_via = 'close', state_reason = null
  from unnest(v_due) as d (session_id)
  where r.tenant_id = v_tenant_id and r.session_id = d.session_id and r.state = 'submitted';
  get diagnostics v_closed = row_count;
  return v_closed;
end $$;
comment on function attendance.close_registers() is
  'Closes submitted registers of the bound tenant whose submission is older than the setting register_closes_after, or whose session lies in a closed period; at most 10,000 in a call, which counts them. The caller has become the system.';

commit;
