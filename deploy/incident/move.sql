-- Deploy smartattend:incident/move to pg
begin;
set local role smartattend_owner;

create function incident.state(subject incident.incident, statements jsonb)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into incident.statement (tenant_id, incident_id, episode, kind, text, confidence)
  select
    (state.subject).tenant_id, (state.subject).id, (state.subject).episode, s.key, s.value,
    case s.key when 'root_cause' then state.statements ->> 'confidence' end
  from jsonb_each_text(state.statements) as s
  where s.key <> 'confidence'
  order by s.key
$$;
comment on function incident.state(incident.incident, jsonb) is 'Appends statements {kind: text, …, "confidence": that of root_cause} to an incident.';

create function incident.read_statements(statements jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong text;
begin
  if jsonb_typeof(coalesce(read_statements.statements, '{}')) <> 'object' then
    perform core.fail('SA010', 'statements of type ' || jsonb_typeof(read_statements.statements), 'a JSON object');
  end if;
  select format('%s: %s', s.key, left(s.value, 64)) into v_wrong
  from jsonb_each_text(read_statements.statements) as s
  where case s.key
    when 'confidence' then coalesce(s.value, '') not in ('low', 'medium', 'high')
    else s.key not in ('note', 'mitigation', 'root_cause', 'fix', 'verification', 'remediation', 'prevention') or core.is_reason(s.value) is not true
  end
  limit 1;
  if v_wrong is not null then
    perform core.fail(
      'SA010', v_wrong,
      'note, mitigation, root_cause (with confidence low, medium or high), fix, verification, remediation, prevention: each a text of at least 10 characters'
    );
  elsif (read_statements.statements ? 'root_cause') <> (read_statements.statements ? 'confidence') then
    perform core.fail('SA012', 'root_cause or confidence alone', 'root_cause and how sure you are: confidence low, medium or high');
  end if;
  return coalesce(read_statements.statements, '{}');
end $$;
comment on function incident.read_statements(jsonb) is 'Judges statements that a caller gives. Errors SA010, SA012.';

create function incident.move(incident_id uuid, via text, reason text, statements jsonb)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text := incident.refusal();
  v_subject incident.incident;
  v_move core.transition;
  v_missing text[];
  v_outcome core.outcome;
begin
  if v_code is not null then
    v_outcome := core.refused(v_code);
    return v_outcome;
  end if;
  v_subject := incident.lock_incident(move.incident_id);
  select t.* into v_move
  from core.transition as t
  where t.machine = 'incident' and t.from_state = v_subject.state and t.via = move.via;
  if v_move.requires_reason and core.is_reason(move.reason) is not true then
    perform core.fail('SA013', coalesce(left(move.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_missing := array(
    select m.kind from unnest(incident.missing(v_subject, move.via)) as m (kind) where not move.statements ? m.kind order by m.kind
  );
  v_code := case
    when v_move.via is null then 'SA101'
    when v_move.via = 'investigate' and v_subject.owner_id is distinct from (core.actor()).user_id then 'SA105'
    when v_move.via = 'reopen' and exists (
      select from incident.incident as i
      where i.tenant_id = v_subject.tenant_id
        and i.dedup_key = v_subject.dedup_key
        and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
    ) then 'SA112'
    when core.transition_refusal('incident', v_subject.state, v_move.to_state, v_move.via, move.reason, to_jsonb(v_subject)) is not null
      then core.transition_refusal('incident', v_subject.state, v_move.to_state, v_move.via, move.reason, to_jsonb(v_subject))
    when v_missing <> '{}' then 'SA110'
  end;
  if v_code is not null then
    v_outcome := core.refused(
      v_code,
      jsonb_build_object('observed', v_subject.state, 'expected', case v_code when 'SA110' then to_jsonb(v_missing) else to_jsonb(move.via) end)
    );
    return v_outcome;
  end if;
  if v_move.via <> 'reopen' then
    perform incident.state(v_subject, move.statements);
  end if;
  update incident.incident as i
  set state = v_move.to_state, state_via = v_move.via, state_reason = move.reason,
    episode = i.episode + case v_move.via when 'reopen' then 1 else 0 end,
    -- Who works on what is nobody's has it from now on.
    owner_id = case
      when v_move.to_state = 'detected' then null
      when v_move.via = 'close' then i.owner_id
      else coalesce(i.owner_id, (core.actor()).user_id)
    end,
    resolver_id = case v_move.to_state when 'resolved' then (core.actor()).user_id when 'closed' then i.resolver_id end,
    proposer_id = null,
    code = case when v_move.via = 'close' then i.code end,
    into_id = null
  where i.tenant_id = v_subject.tenant_id and i.id = v_subject.id
  returning i.* into v_subject;
  if v_move.via = 'reopen' then
    perform incident.state(v_subject, move.statements);
    perform incident.call_out(v_subject, 'raised');
  elsif v_move.to_state = 'detected' then
    perform incident.take_steps(v_subject, core.clock(), 'unacknowledged');
  end if;
  v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject));
  return v_outcome;
end $$;
comment on function incident.move(uuid, text, text, jsonb) is
  'Moves an incident by a person''s transition, with the statements that it requires. What is accepted or refused and why is the outcome; refusals SA101, SA104, SA105, SA107, SA110, SA112. Errors SA011, SA013.';

create function incident.dismiss(incident_id uuid, code text, reason text, into_id uuid)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text := incident.refusal();
  v_actor core.actor := core.actor();
  v_subject incident.incident;
  v_into incident.incident;
  v_outcome core.outcome;
begin
  if v_code is not null then
    v_outcome := core.refused(v_code);
    return v_outcome;
  end if;
  -- In the order of their numbers, whoever goes into whom.
  perform from incident.incident as i
  where i.tenant_id = incident.bound_tenant() and i.id in (dismiss.incident_id, dismiss.into_id)
  order by i.number
  for update;
  v_subject := incident.lock_incident(dismiss.incident_id);
  if dismiss.into_id is not null then
    v_into := incident.lock_incident(dismiss.into_id);
  end if;
  v_code := case
    when v_into.id = v_subject.id or v_into.state not in ('detected', 'acknowledged', 'investigating', 'mitigated') then 'SA101'
    when not exists (
      select from core.transition as t where t.machine = 'incident' and t.from_state = v_subject.state and t.via = 'dismiss'
    ) then 'SA101'
    when v_subject.severity <= 2 and v_subject.proposer_id = v_actor.user_id
      and v_subject.code = dismiss.code and v_subject.into_id is not distinct from dismiss.into_id then 'SA105'
  end;
  if v_code is not null then
    v_outcome := core.refused(
      v_code,
      jsonb_build_object('observed', v_subject.state, 'into', v_into.state, 'expected', 'an incident that is not resolved, into another one that is open')
    );
    return v_outcome;
  end if;
  if v_subject.severity <= 2
    and (v_subject.proposer_id is null or (v_subject.code, v_subject.into_id) is distinct from (dismiss.code, dismiss.into_id))
  then
    update incident.incident as i
    set proposer_id = v_actor.user_id, code = dismiss.code, into_id = dismiss.into_id
    where i.tenant_id = v_subject.tenant_id and i.id = v_subject.id;
    perform incident.state(v_subject, jsonb_build_object('note', left(format('to be dismissed as %s: %s', dismiss.code, dismiss.reason), 2000)));
    v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject) || jsonb_build_object('proposed', dismiss.code));
    return v_outcome;
  end if;
  update incident.incident as i
  set state = 'dismissed', state_via = 'dismiss', state_reason = dismiss.reason, code = dismiss.code, into_id = dismiss.into_id
  where i.tenant_id = v_subject.tenant_id and i.id = v_subject.id
  returning i.* into v_subject;
  if v_into.id is not null then
    perform incident.count_occurrence(
      v_into, v_subject.dedup_key, v_subject.severity, v_subject.title, jsonb_build_object('merged', v_subject.number)
    );
  end if;
  v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject));
  return v_outcome;
end $$;
comment on function incident.dismiss(uuid, text, text, uuid) is
  'Dismisses an incident, or proposes to: of severity 1 and 2 a second person says the same. What goes into another counts there as an occurrence, and makes it as severe. Refusals SA101, SA104, SA105, SA107. Error SA011.';

create function incident.assign(incident_id uuid, owner_id uuid, reason text)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text := incident.refusal();
  v_subject incident.incident;
  v_outcome core.outcome;
begin
  if v_code is not null then
    v_outcome := core.refused(v_code);
    return v_outcome;
  end if;
  v_subject := incident.lock_incident(assign.incident_id);
  if incident.may_have(assign.owner_id) is not true then
    perform core.fail('SA011', 'owner_id ' || coalesce(assign.owner_id::text, 'null'), 'a person who holds incident.manage here');
  end if;
  if v_subject.state not in ('acknowledged', 'investigating', 'mitigated') then
    v_outcome := core.refused('SA101', jsonb_build_object('observed', v_subject.state, 'expected', 'acknowledged, investigating or mitigated'));
    return v_outcome;
  end if;
  insert into incident.assignment (tenant_id, incident_id, episode, owner_id, reason)
  values (v_subject.tenant_id, v_subject.id, v_subject.episode, assign.owner_id, assign.reason);
  update incident.incident as i
  set owner_id = assign.owner_id
  where i.tenant_id = v_subject.tenant_id and i.id = v_subject.id;
  v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject) || jsonb_build_object('owner_id', assign.owner_id));
  return v_outcome;
end $$;
comment on function incident.assign(uuid, uuid, text) is
  'Hands an incident that somebody has to somebody who may have it. Refusals SA101, SA104, SA107. Error SA011.';

create function incident.hold(incident_id uuid, pauses boolean, reason text)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text := incident.refusal();
  v_subject incident.incident;
  v_outcome core.outcome;
begin
  if v_code is not null then
    v_outcome := core.refused(v_code);
    return v_outcome;
  end if;
  v_subject := incident.lock_incident(hold.incident_id);
  v_code := case
    when v_subject.state not in ('acknowledged', 'investigating', 'mitigated') then 'SA101'
    when hold.pauses and incident.is_paused(v_subject.tenant_id, v_subject.id) then 'SA113'
    when not hold.pauses and not incident.is_paused(v_subject.tenant_id, v_subject.id) then 'SA101'
  end;
  if v_code is not null then
    v_outcome := core.refused(v_code, jsonb_build_object('observed', v_subject.state, 'expected', 'an incident that somebody has'));
    return v_outcome;
  end if;
  if hold.pauses then
    insert into incident.pause (tenant_id, incident_id, episode, reason)
    values (v_subject.tenant_id, v_subject.id, v_subject.episode, hold.reason);
  else
    insert into incident.resumption (tenant_id, pause_id, reason)
    select p.tenant_id, p.id, hold.reason
    from incident.pause as p
    where p.tenant_id = v_subject.tenant_id
      and p.incident_id = v_subject.id
      and not exists (select from incident.resumption as r where r.tenant_id = p.tenant_id and r.pause_id = p.id);
  end if;
  v_outcome := core.accepted(v_subject.id, null, incident.summary(v_subject) || jsonb_build_object('paused', hold.pauses));
  return v_outcome;
end $$;
comment on function incident.hold(uuid, boolean, text) is
  'Lets the clocks of an incident that somebody has stand still, or run again. Refusals SA101, SA104, SA107, SA113. Error SA011.';

commit;
