-- Deploy smartattend:incident/steps to pg
begin;
set local role smartattend_owner;

create function incident.bound_tenant()
returns uuid
language sql
stable
as $$ select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid) $$;
comment on function incident.bound_tenant() is 'Whose incidents these are: the bound tenant''s, or with none bound the platform''s, whose tenant is the nil UUID.';

create function incident.call_out(subject incident.incident, why text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into incident.page (tenant_id, incident_id, level, recipient, user_id, why, severity)
  select (call_out.subject).tenant_id, (call_out.subject).id, s.level, s.recipient, (call_out.subject).owner_id, call_out.why, s.severity
  from incident.step as s
  where s.platform = (call_out.subject).platform and s.severity = (call_out.subject).severity and s.level = 'level_1'
$$;
comment on function incident.call_out(incident.incident, text) is 'Pages the first level about an incident, and who has it.';

create function incident.take_steps(subject incident.incident, now timestamptz, why text)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since timestamptz := incident.unattended_since((take_steps.subject).tenant_id, (take_steps.subject).id);
  v_steps integer;
begin
  with taken as (
    insert into incident.escalation (tenant_id, incident_id, episode, since, level, severity)
    select (take_steps.subject).tenant_id, (take_steps.subject).id, (take_steps.subject).episode, v_since, s.level, s.severity
    from incident.step as s
    where s.platform = (take_steps.subject).platform
      and s.severity = (take_steps.subject).severity
      and v_since + s.after <= take_steps.now
    order by s.ordinal
    on conflict on constraint a_step_is_taken_once do nothing
    returning level, severity
  )
  insert into incident.page (tenant_id, incident_id, level, recipient, why, severity)
  select (take_steps.subject).tenant_id, (take_steps.subject).id, s.level, s.recipient, take_steps.why, s.severity
  from taken as t
  inner join incident.step as s on s.platform = (take_steps.subject).platform and s.severity = t.severity and s.level = t.level
  order by s.ordinal;
  get diagnostics v_steps = row_count;
  return v_steps;
end $$;
comment on function incident.take_steps(incident.incident, timestamptz, text) is
  'Takes the escalation steps of an incident that is nobody''s which are due now and were not taken since it is: a log line and a page each. Answers how many. The caller has locked the incident.';

commit;
