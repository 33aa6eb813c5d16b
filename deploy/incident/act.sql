-- Deploy smartattend:incident/act to pg
begin;
set local role smartattend_owner;

create function incident.refusal()
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when (core.actor()).kind = 'platform' then null -- its permission was verified when it was bound
    when not identity.holds('incident.manage') then 'SA104'
    when core.bound_tenant('administration_write') is null then 'SA107'
  end
$$;
comment on function incident.refusal() is 'What speaks against the bound actor working on incidents: SA104, SA107, or null for nothing.';

create function incident.finish(outcome core.outcome, key uuid, command text, payload jsonb)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome := finish.outcome;
begin
  if v_outcome.status = 'refused' then
    v_outcome := ledger.refuse(finish.command, finish.key, finish.payload, v_outcome);
  end if;
  if (core.actor()).kind = 'platform' then
    return identity.finish_platform(v_outcome, finish.key, finish.command, after => finish.payload || coalesce(v_outcome.detail, '{}'));
  end if;
  return core.finish(v_outcome, finish.key);
end $$;
comment on function incident.finish(core.outcome, uuid, text, jsonb) is
  'The last step of every command on incidents, of tenants and of the platform: keeps what is refused (ledger.refuse) and what the platform did (identity.finish_platform).';

create function incident.lock_incident(incident_id uuid)
returns incident.incident
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subject incident.incident;
begin
  -- For update: whoever just counts an occurrence holds it for key share, and must not count on what is being moved.
  select i.* into v_subject
  from incident.incident as i
  where i.tenant_id = incident.bound_tenant() and i.id = lock_incident.incident_id
  for update;
  if not found then
    perform core.fail('SA011', 'incident_id ' || coalesce(lock_incident.incident_id::text, 'null'), 'an incident of this tenant');
  end if;
  return v_subject;
end $$;
comment on function incident.lock_incident(uuid) is 'Locks an incident against occurrences and other moves. Error SA011.';

create function incident.may_have(user_id uuid)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  if core.bound_tenant() is null then
    return identity.operates(may_have.user_id, 'incident.manage', v_now);
  end if;
  return exists (
    select from identity.role_grant as g
    inner join identity.role_permission as p on p.role = g.role
    inner join identity.membership as m on m.tenant_id = g.tenant_id and m.user_id = g.user_id
    where g.tenant_id = core.bound_tenant()
      and g.user_id = may_have.user_id
      and g.unit_id is null
      and g.starts_at <= v_now
      and g.ends_at > v_now
      and coalesce(g.revoked_at, 'infinity') > v_now
      and m.active_from <= v_now
      and coalesce(m.active_until, 'infinity') > v_now
      and p.permission = 'incident.manage'
  );
end $$;
comment on function incident.may_have(uuid) is 'Whether a person may be given incidents: holds incident.manage now, for the whole tenant, or of the platform.';

create function incident.summary(subject incident.incident)
returns jsonb
language sql
stable
as $$
  select pg_catalog.jsonb_build_object(
    'number', (summary.subject).number, 'state', (summary.subject).state, 'severity', (summary.subject).severity,
    'episode', (summary.subject).episode
  )
$$;
comment on function incident.summary(incident.incident) is 'What commands answer about an incident: {number, state, severity, episode}.';

commit;
