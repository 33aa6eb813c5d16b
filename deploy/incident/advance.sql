-- Deploy smartattend:incident/advance to pg
begin;
set local role smartattend_owner;

create function incident.advance(now timestamptz)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := incident.bound_tenant();
  v_subject incident.incident;
  v_expired integer := 0;
  v_breached integer := 0;
  v_escalated integer := 0;
begin
  -- One after the other: each is locked as it comes, and what another worker has, or somebody moves, is that one's.
  for v_subject in
    select i.*
    from incident.incident as i
    where i.tenant_id = v_tenant_id and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
    order by i.number
    for no key update skip locked
  loop
    v_breached := v_breached + incident.judge_clocks(v_subject, advance.now);
    if v_subject.state = 'acknowledged' and incident.has_lapsed(v_tenant_id, v_subject.id, v_subject.severity, advance.now) then
      v_subject := incident.expire(v_subject);
      v_expired := v_expired + 1;
    elsif v_subject.owner_id is null and not incident.is_paused(v_tenant_id, v_subject.id) then
      v_escalated := v_escalated + incident.take_steps(v_subject, advance.now, 'escalated');
    end if;
  end loop;
  return jsonb_build_object('expired', v_expired, 'breached', v_breached, 'escalated', v_escalated);
end $$;
comment on function incident.advance(timestamptz) is
  'What time does to the open incidents of the bound tenant, or with none bound of the platform: acknowledgements expire, broken promises of the service level get their verdict, escalation steps that are due are taken. Incidents that somebody else holds are skipped, so that workers may run side by side and as often as they like. Answers {expired, breached, escalated}.';

commit;
