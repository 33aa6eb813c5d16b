-- Deploy smartattend:incident/raise to pg
begin;
set local role smartattend_owner;

create function incident.count_occurrence(subject incident.incident, dedup_key text, severity integer, title text, evidence jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_subject incident.incident := count_occurrence.subject;
begin
  insert into incident.occurrence (tenant_id, incident_id, episode, dedup_key, severity, title, evidence)
  values (
    v_subject.tenant_id, v_subject.id, v_subject.episode, count_occurrence.dedup_key, count_occurrence.severity, count_occurrence.title,
    count_occurrence.evidence
  );
  if count_occurrence.severity < v_subject.severity then
    update incident.incident as i
    set severity = count_occurrence.severity
    where i.tenant_id = v_subject.tenant_id and i.id = v_subject.id and i.severity > count_occurrence.severity
    returning i.* into v_subject;
    if found then
      perform incident.call_out(v_subject, 'worse');
    end if;
  end if;
end $$;
comment on function incident.count_occurrence(incident.incident, text, integer, text, jsonb) is
  'Counts an occurrence of an open incident; one that is worse makes it worse, and pages, whoever has it.';

create function incident.home(source text, dedup_key text, now timestamptz)
returns incident.incident
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select h.i
  from (
    select i, 1 as place
    from incident.incident as i
    where i.tenant_id = incident.bound_tenant()
      and i.dedup_key = home.dedup_key
      and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
    union all
    select i, 2
    from incident.incident as i
    where i.tenant_id = incident.bound_tenant()
      and i.source = home.source
      and i.is_storm
      and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
    union all
    select i, 3
    from incident.incident as i
    where i.tenant_id = incident.bound_tenant()
      and i.dedup_key = home.dedup_key
      and i.state = 'resolved'
      and home.now - interval '24 hours' < (
        select max(t.recorded_at)
        from incident.incident_transition as t
        where t.tenant_id = i.tenant_id and t.object_id = i.id and t.to_state = 'resolved'
      )
  ) as h
  order by h.place, (h.i).number desc
  limit 1
$$;
comment on function incident.home(text, text, timestamptz) is
  'Where an occurrence belongs: the open incident of its key; the open storm of its source; the incident of its key that was resolved within a day. Null: nowhere yet.';

create function incident.open_new(source text, dedup_key text, severity integer, title text, evidence jsonb)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := incident.bound_tenant();
  v_new incident.incident;
  v_children uuid[];
  v_worst integer := open_new.severity;
  v_storm boolean;
begin
  v_storm := (
    select count(*)
    from incident.incident as i
    where i.tenant_id = v_tenant_id and i.source = open_new.source and i.state in ('detected', 'acknowledged', 'investigating', 'mitigated')
  ) >= 50;
  if v_storm then
    -- Who has one keeps it; what somebody else moves at this moment stays.
    v_children := array(
      select i.id
      from incident.incident as i
      where i.tenant_id = v_tenant_id and i.source = open_new.source and i.state = 'detected'
      order by i.id
      for no key update skip locked
    );
    select least(min(i.severity), open_new.severity) into v_worst
    from incident.incident as i
    where i.tenant_id = v_tenant_id and i.id = any (v_children);
  end if;
  update incident.counter as c set last = c.last + 1 where c.tenant_id = v_tenant_id returning c.last into v_new.number;
  v_new.dedup_key := case when v_storm then 'storm of ' || open_new.source else open_new.dedup_key end;
  insert into incident.incident (tenant_id, number, platform, source, dedup_key, title, severity, is_storm, previous_id)
  values (
    v_tenant_id, v_new.number, coalesce((select t.platform from tenancy.tenant as t where t.tenant_id = v_tenant_id), 'platform'), open_new.source,
    v_new.dedup_key, case when v_storm then 'a storm: more than 50 open incidents of ' || open_new.source else open_new.title end, v_worst, v_storm,
    (
      select i.id from incident.incident as i
      where i.tenant_id = v_tenant_id and i.dedup_key = v_new.dedup_key
      order by i.number desc
      limit 1
    )
  )
  returning * into v_new;
  perform incident.count_occurrence(v_new, open_new.dedup_key, open_new.severity, open_new.title, open_new.evidence);
  if v_storm then
    insert into incident.occurrence (tenant_id, incident_id, episode, dedup_key, severity, title, evidence)
    select v_tenant_id, v_new.id, 1, i.dedup_key, i.severity, i.title, jsonb_build_object('merged', i.number)
    from incident.incident as i
    where i.tenant_id = v_tenant_id and i.id = any (v_children);
    update incident.incident as i
    set state = 'dismissed', state_via = 'merge', state_reason = 'merged into the storm ' || v_new.number, code = 'merged', into_id = v_new.id,
      proposer_id = null
    where i.tenant_id = v_tenant_id and i.id = any (v_children);
  end if;
  perform incident.take_steps(v_new, core.clock(), 'raised');
  return v_new.id;
end $$;
comment on function incident.open_new(text, text, integer, text, jsonb) is
  'Opens an incident with the next number, and pages. Where 50 of the source are open it opens one for all of them instead, into which go those that nobody has; the caller has locked the counter.';

create function incident.raise(source text, dedup_key text, severity integer, title text, evidence jsonb)
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := incident.bound_tenant();
  v_severity integer := raise.severity;
  v_evidence jsonb := coalesce(raise.evidence, '{}');
  v_seen incident.incident;
  v_subject incident.incident;
  v_now timestamptz;
  v_is_counted boolean := false;
begin
  if v_severity is null then
    select s.severity into v_severity from incident.source as s where s.source = raise.source;
  end if;
  if not exists (select from incident.source as s where s.source = raise.source) then
    perform core.fail('SA010', 'source ' || coalesce(raise.source, 'null'), 'a source of incident.source');
  elsif (v_severity >= 1 and v_severity <= 4) is not true then
    perform core.fail('SA010', 'severity ' || coalesce(v_severity::text, 'null'), '1 (worst) to 4');
  elsif core.is_name(raise.dedup_key) is not true then
    perform core.fail('SA010', 'dedup_key ' || coalesce(raise.dedup_key, 'null'), 'what makes it the same trouble: 1 to 200 characters');
  elsif core.is_name(raise.title) is not true then
    perform core.fail('SA010', 'title ' || coalesce(raise.title, 'null'), 'what happened, in 1 to 200 characters');
  elsif jsonb_typeof(v_evidence) <> 'object' then
    perform core.fail('SA010', 'evidence of type ' || jsonb_typeof(v_evidence), 'a JSON object');
  end if;
  loop
    v_now := core.clock();
    v_seen := incident.home(raise.source, raise.dedup_key, v_now);
    if v_seen.id is null and not v_is_counted then
      -- Whoever opens one waits for whoever opens another, and looks again.
      insert into incident.counter (tenant_id) values (v_tenant_id) on conflict on constraint counter_pkey do nothing;
      perform from incident.counter as c where c.tenant_id = v_tenant_id for no key update;
      v_is_counted := true;
    elsif v_seen.id is null then
      return incident.open_new(raise.source, raise.dedup_key, v_severity, raise.title, v_evidence);
    elsif v_severity < v_seen.severity or v_seen.state in ('acknowledged', 'resolved') then
      -- This one may change the incident: one after the other.
      select i.* into v_subject
      from incident.incident as i
      where i.tenant_id = v_tenant_id and i.id = v_seen.id and i.state = v_seen.state
      for no key update;
      exit when found;
    else
      -- This one only counts. It waits for whoever moves the incident (for update), and for no other occurrence.
      select i.* into v_subject
      from incident.incident as i
      where i.tenant_id = v_tenant_id and i.id = v_seen.id and i.state = v_seen.state
      for key share;
      exit when found;
    end if;
  end loop;
  if v_subject.state = 'resolved' then
    update incident.incident as i
    set state = 'investigating', state_via = 'reopen', state_reason = 'it happened again within a day', episode = i.episode + 1, resolver_id = null,
      proposer_id = null, code = null, into_id = null
    where i.tenant_id = v_tenant_id and i.id = v_subject.id
    returning i.* into v_subject;
    if v_subject.owner_id is null then
      perform incident.take_steps(v_subject, core.clock(), 'raised');
    else
      perform incident.call_out(v_subject, 'raised');
    end if;
  elsif v_subject.state = 'acknowledged' and incident.has_lapsed(v_tenant_id, v_subject.id, v_subject.severity, v_now) then
    v_subject := incident.expire(v_subject);
  end if;
  perform incident.count_occurrence(v_subject, raise.dedup_key, v_severity, raise.title, v_evidence);
  return v_subject.id;
end $$;
comment on function incident.raise(text, text, integer, text, jsonb) is
  'Raises trouble of the bound tenant, or with none bound of the platform: one open incident for each key, however many raise it at once; each call is an occurrence. What was resolved within a day opens again; what was acknowledged too long ago is nobody''s again and pages; what is worse pages. With 50 open incidents of a source the next one is a storm, which takes the rest in. severity null: the source''s. Returns the incident. Waits only for whoever opens a first incident of this tenant or moves this one: raise once in a transaction, or in the order of keys. Error SA010.';

commit;
