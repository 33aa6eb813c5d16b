-- Deploy smartattend:incident/expire to pg
begin;
set local role smartattend_owner;

create function incident.expire(subject incident.incident)
returns incident.incident
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subject incident.incident;
begin
  update incident.incident as i
  set state = 'detected', state_via = 'expire', state_reason = null, owner_id = null, proposer_id = null, code = null, into_id = null
  where i.tenant_id = (expire.subject).tenant_id and i.id = (expire.subject).id
  returning i.* into v_subject;
  perform incident.take_steps(v_subject, core.clock(), 'unacknowledged');
  return v_subject;
end $$;
comment on function incident.expire(incident.incident) is
  'An acknowledgement whose time is over: the incident is nobody''s again, and escalates from the first level. The caller has locked it.';

commit;
