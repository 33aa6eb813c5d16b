-- Deploy smartattend:access/escalation_event to pg
begin;
set local role smartattend_owner;

create table access.escalation_event (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  rule text not null,
  user_id uuid,
  actor_id uuid,
  grant_id uuid,
  evidence jsonb not null,
  dedupe_key text not null,
  observed_at timestamptz not null default core.clock(),
  decider_id uuid,
  state text not null default 'open',
  state_via text not null default 'observe',
  state_reason text,
  constraint escalation_event_pkey primary key (tenant_id, id),
  constraint event_is_of_a_rule foreign key (rule) references access.escalation_rule (rule),
  constraint nothing_is_observed_twice unique (tenant_id, rule, dedupe_key),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object'),
  constraint whoever_decides_is_named check ((state = 'open') = (decider_id is null)),
  constraint person_is_not_the_decider check (decider_id <> user_id),
  constraint actor_is_not_the_decider check (decider_id <> actor_id),
  constraint reason_says_something check (state = 'open' or core.is_reason(state_reason))
);
comment on table access.escalation_event is
  'That somebody got, used or tried to get more than they should: by which rule, whom it is about, who did it, with evidence. Decided by others (four eyes). The nil UUID is the tenant of what concerns the platform.';
comment on column access.escalation_event.user_id is 'Whose privileges it is about; null: nobody''s alone.';
comment on column access.escalation_event.actor_id is 'Who did it; null: nobody was bound, or time passed.';
comment on column access.escalation_event.dedupe_key is 'What makes it the same observation: it is one event, however often it is seen.';
create index escalation_event_open on access.escalation_event (tenant_id, user_id) where state = 'open';

create table access.escalation_event_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint escalation_event_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_an_event foreign key (tenant_id, object_id) references access.escalation_event (tenant_id, id)
);
comment on table access.escalation_event_transition is 'The history of escalation events, written by core.judge_transition.';
create index escalation_event_transition_object on access.escalation_event_transition (tenant_id, object_id);

create table access.alarm (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  severity integer not null,
  source text not null,
  dedup_key text not null,
  title text not null,
  evidence jsonb not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint alarm_pkey primary key (tenant_id, id),
  constraint severity_is_1_to_4 check (severity between 1 and 4),
  constraint source_is_known check (source in ('escalation', 'break_glass')),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object')
);
comment on table access.alarm is
  'What an incident is to be made of, appended here: a person whose open escalation events weigh too much, a broken glass. An incident may count several of one dedup_key.';

create trigger escalation_event_100_kept
before delete on access.escalation_event
for each row execute function core.refuse_change('kept');
create trigger escalation_event_100_no_truncate
before truncate on access.escalation_event
for each statement execute function core.refuse_change('kept');
create trigger escalation_event_transition_100_append_only
before update or delete on access.escalation_event_transition
for each row execute function core.refuse_change();
create trigger escalation_event_transition_100_no_truncate
before truncate on access.escalation_event_transition
for each statement execute function core.refuse_change();
create trigger alarm_100_append_only
before update or delete on access.alarm
for each row execute function core.refuse_change();
create trigger alarm_100_no_truncate
before truncate on access.alarm
for each statement execute function core.refuse_change();
alter table access.escalation_event enable always trigger escalation_event_100_kept;
alter table access.escalation_event enable always trigger escalation_event_100_no_truncate;
alter table access.escalation_event_transition enable always trigger escalation_event_transition_100_append_only;
alter table access.escalation_event_transition enable always trigger escalation_event_transition_100_no_truncate;
alter table access.alarm enable always trigger alarm_100_append_only;
alter table access.alarm enable always trigger alarm_100_no_truncate;

create function access.keep_escalation_event()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_jsonb(new) - '{state,state_via,state_reason,decider_id}'::text[] <> to_jsonb(old) - '{state,state_via,state_reason,decider_id}'::text[] then
    perform core.fail('SA020', 'update of access.escalation_event', 'a decision; what was observed stays');
  end if;
  return new;
end $$;
comment on function access.keep_escalation_event() is 'Of an event only the decision is written. Error SA020.';
create trigger escalation_event_100_stays_as_it_was_seen
before update on access.escalation_event
for each row execute function access.keep_escalation_event();
alter table access.escalation_event enable always trigger escalation_event_100_stays_as_it_was_seen;

insert into core.machine (machine, title, relation) values ('escalation_event', 'Escalation event', 'access.escalation_event');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('escalation_event', 'open', true, false, 'not yet looked at; it weighs'),
  ('escalation_event', 'confirmed', false, true, 'it was what it looked like'),
  ('escalation_event', 'benign', false, true, 'there was a good reason');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('escalation_event', null, 'open', 'observe', null, false, '{}', false, 'once for each dedupe_key'),
  ('escalation_event', 'open', 'confirmed', 'confirm', 'role.review', true, '{user_id,actor_id}', false, null),
  ('escalation_event', 'open', 'benign', 'dismiss', 'role.review', true, '{user_id,actor_id}', false, null);
create trigger escalation_event_800_judge_transition
after insert or update on access.escalation_event
for each row execute function core.judge_transition('escalation_event', 'id');
alter table access.escalation_event enable always trigger escalation_event_800_judge_transition;

create function access.raise_alarm()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into access.alarm (tenant_id, severity, source, dedup_key, title, evidence)
  select
    s.tenant_id, s.severity, 'escalation', 'escalation:' || coalesce(s.user_id::text, s.rules), 'privileges to look at: ' || s.rules,
    jsonb_build_object('user_id', s.user_id, 'score', s.score, 'events', s.events)
  from (
    select
      e.tenant_id, e.user_id, sum(r.weight) as score, min(r.severity) as severity, jsonb_agg(e.id order by e.id) as events,
      string_agg(distinct e.rule, ', ' order by e.rule) as rules
    from access.escalation_event as e
    inner join access.escalation_rule as r on r.rule = e.rule
    -- Arrays, for the index: joined, thousands that are new at once would be compared one with another, before statistics know of them.
    where e.state = 'open'
      and e.tenant_id = any (array(select distinct n.tenant_id from observed as n))
      and e.user_id = any (array(select distinct n.user_id from observed as n where n.user_id is not null))
    group by e.tenant_id, e.user_id
    having sum(r.weight) >= 70
    union all
    -- What is nobody's alone weighs by itself.
    select n.tenant_id, null, r.weight, r.severity, jsonb_build_array(n.id), n.rule
    from observed as n
    inner join access.escalation_rule as r on r.rule = n.rule
    where n.user_id is null and r.weight >= 70
  ) as s;
  return null;
end $$;
comment on function access.raise_alarm() is
  'After each statement that observes something: an alarm for each person whose open events weigh 70 or more together. The most severe rule gives the severity (E16 is 1).';
create trigger escalation_event_900_alarm
after insert on access.escalation_event
referencing new table as observed
for each statement execute function access.raise_alarm();
alter table access.escalation_event enable always trigger escalation_event_900_alarm;

create function access.note(
  rule text, user_id uuid, dedupe_key text, evidence jsonb, grant_id uuid default null, tenant_id uuid default core.bound_tenant()
)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into access.escalation_event (tenant_id, rule, user_id, actor_id, grant_id, evidence, dedupe_key)
  values (
    coalesce(note.tenant_id, '00000000-0000-0000-0000-000000000000'), note.rule, note.user_id, (core.actor()).user_id, note.grant_id,
    note.evidence, note.dedupe_key
  )
  on conflict on constraint nothing_is_observed_twice do nothing
$$;
comment on function access.note(text, uuid, text, jsonb, uuid, uuid) is 'Notes an escalation event, once for each dedupe_key.';

create function access.note_weaker_rule()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if access.is_weaker(old, new) then
    perform access.note(
      'E15', null, format('%s %s', old.role, pg_current_xact_id()), jsonb_build_object('old', to_jsonb(old), 'new', to_jsonb(new))
    );
  end if;
  return null;
end $$;
comment on function access.note_weaker_rule() is 'A rule that asks for less than it did: E15, whoever does it and by whatever way.';
create trigger role_rule_900_note_weaker
after update on access.role_rule
for each row execute function access.note_weaker_rule();

create function access.note_weaker_separation()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.note('E15', null, format('%s %s %s', old.separation, old.role, pg_current_xact_id()), jsonb_build_object('old', to_jsonb(old)));
  return null;
end $$;
comment on function access.note_weaker_separation() is 'A separation of duty that is changed or gone: E15, whoever does it and by whatever way.';
create trigger separation_900_note_weaker
after update or delete on access.separation
for each row execute function access.note_weaker_separation();
alter table access.role_rule enable always trigger role_rule_900_note_weaker;
alter table access.separation enable always trigger separation_900_note_weaker;
create trigger role_rule_100_kept
before delete on access.role_rule
for each row execute function core.refuse_change('kept');
create trigger role_rule_100_no_truncate
before truncate on access.role_rule
for each statement execute function core.refuse_change('kept');
create trigger separation_100_no_truncate
before truncate on access.separation
for each statement execute function core.refuse_change('kept');
alter table access.role_rule enable always trigger role_rule_100_kept;
alter table access.role_rule enable always trigger role_rule_100_no_truncate;
alter table access.separation enable always trigger separation_100_no_truncate;

commit;
