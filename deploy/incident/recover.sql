-- Deploy smartattend:incident/recover to pg
begin;
set local role smartattend_owner;

create function incident.recover(source text, dedup_key text, evidence jsonb)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := incident.bound_tenant();
  v_actor core.actor;
  v_subject incident.incident;
begin
  select i.* into v_subject
  from incident.incident as i
  where i.tenant_id = v_tenant_id
    and i.source = recover.source
    and i.dedup_key = recover.dedup_key
    and i.state in ('detected', 'acknowledged')
  for update;
  if not found then
    return null;
  end if;
  v_actor := case when core.bound_tenant() is null then identity.become_platform_system() else identity.become_system() end;
  insert into incident.statement (tenant_id, incident_id, episode, kind, text, evidence)
  values (v_tenant_id, v_subject.id, v_subject.episode, 'recovery', 'what was wrong is right again', recover.evidence);
  update incident.incident as i
  set state = 'resolved', state_via = 'recover', state_reason = null, code = 'self_recovered', proposer_id = null, into_id = null
  where i.tenant_id = v_tenant_id and i.id = v_subject.id;
  return v_subject.id;
end $$;
comment on function incident.recover(text, text, jsonb) is
  'What was wrong is right again: the system resolves the incident of this key, if nobody has begun to look into it (detected or acknowledged); otherwise null, and nothing happens. From here on the system acts in this transaction. Error SA001 where a tenant is bound and nobody acts.';

commit;
