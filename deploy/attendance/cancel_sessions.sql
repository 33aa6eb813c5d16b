-- Deploy smartattend:attendance/cancel_sessions to pg
begin;
set local role smartattend_owner;

create function attendance.cancel_sessions(session_ids uuid[], via text, reason text)
returns uuid[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz;
  v_sessions uuid[];
begin
  v_sessions := array(
    select r.session_id
    from attendance.register as r
    where r.tenant_id = v_tenant_id and r.session_id = any (cancel_sessions.session_ids) and r.state in ('scheduled', 'open')
    order by r.session_id
    for no key update
  );
  v_sessions := array(
    select s.id
    from unnest(v_sessions) as s (id)
    where not exists (
      select from attendance.record as r
      inner join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
      inner join attendance.category as g on g.category = c.category and g.is_absence
      where r.tenant_id = v_tenant_id and r.session_id = s.id and r.state <> 'voided'
    )
  );
  v_now := core.clock();
  update attendance.register as r
  set state = 'cancelled', state_via = 'cancel', state_reason = cancel_sessions.reason
  from unnest(v_sessions) as c (session_id)
  where r.tenant_id = v_tenant_id and r.session_id = c.session_id;
  update attendance.session as s
  set cancelled_at = v_now, cancelled_via = cancel_sessions.via
  from unnest(v_sessions) as c (session_id)
  where s.tenant_id = v_tenant_id and s.id = c.session_id;
  update attendance.expectation as e
  set withdrawn_at = v_now
  from unnest(v_sessions) as c (session_id)
  where e.tenant_id = v_tenant_id and e.session_id = c.session_id and e.withdrawn_at is null;
  return v_sessions;
end $$;
comment on function attendance.cancel_sessions(uuid[], text, text) is
  'Cancels sessions whose registers are scheduled or open: the register with the reason, the session by plan or office, and nobody is expected any more. Answers those that it cancelled: one that was taken stays, and so does one in which somebody is recorded absent (void these records first). Records of who came stay. The caller has checked the permission.';

commit;
