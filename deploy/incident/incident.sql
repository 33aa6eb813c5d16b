-- Deploy smartattend:incident/incident to pg
begin;
set local role smartattend_owner;

create table incident.counter (
  tenant_id uuid not null,
  last integer not null default 0,
  constraint counter_pkey primary key (tenant_id),
  constraint numbers_are_counted_up check (last >= 0)
);
comment on table incident.counter is
  'The last number of a tenant''s incidents. Whoever opens one locks the row first: numbers have no gaps, and nobody opens a second incident for the same key.';

create table incident.incident (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  number integer not null,
  platform text not null,
  source text not null,
  dedup_key text not null,
  title text not null,
  severity integer not null,
  is_storm boolean not null default false,
  episode integer not null default 1,
  owner_id uuid,
  resolver_id uuid,
  proposer_id uuid,
  code text,
  into_id uuid,
  previous_id uuid,
  state text not null default 'detected',
  state_via text not null default 'raise',
  state_reason text,
  closer_is_not uuid generated always as (case when severity <= 2 then resolver_id end) stored,
  constraint incident_pkey primary key (tenant_id, id),
  constraint numbers_are_used_once unique (tenant_id, number),
  constraint incident_is_of_a_source foreign key (source) references incident.source (source),
  constraint incident_has_a_severity foreign key (severity) references incident.severity (severity),
  constraint it_went_into_one_of_the_tenant foreign key (tenant_id, into_id) references incident.incident (tenant_id, id),
  constraint the_one_before_is_of_the_tenant foreign key (tenant_id, previous_id) references incident.incident (tenant_id, id),
  constraint platform_is_known check (platform in ('school', 'corporate', 'platform')),
  constraint numbers_begin_at_one check (number >= 1),
  constraint episodes_begin_at_one check (episode >= 1),
  constraint key_is_a_code check (core.is_name(dedup_key)),
  constraint title_is_a_name check (core.is_name(title)),
  constraint code_is_known check (code in ('false_positive', 'duplicate', 'merged', 'test', 'self_recovered')),
  constraint it_does_not_go_into_itself check (into_id <> id),
  constraint it_does_not_follow_itself check (previous_id <> id),
  constraint what_goes_into_another_says_so check ((coalesce(code, '') in ('duplicate', 'merged')) = (into_id is not null)),
  constraint a_dismissal_has_its_code check (state <> 'dismissed' or coalesce(code, '') in ('false_positive', 'duplicate', 'merged', 'test')),
  constraint what_recovered_says_so check ((state_via = 'recover') = (coalesce(code, '') = 'self_recovered') or state = 'closed'),
  constraint two_people_dismiss_what_is_severe check (
    state <> 'dismissed' or state_via = 'merge' or severity >= 3 or proposer_id is not null
  ),
  constraint nobody_has_what_is_detected check (state <> 'detected' or owner_id is null),
  constraint somebody_has_what_is_acknowledged check (state <> 'acknowledged' or owner_id is not null),
  constraint whoever_resolved_is_named check (state_via not in ('resolve', 'verify') or resolver_id is not null)
);
comment on table incident.incident is
  'Incidents. What may change is who has it, how severe it is (only worse), and its state; everything else about it are rows of their own: occurrences, statements, pages, pauses, escalation. The nil UUID is the tenant of the platform''s incidents.';
comment on column incident.incident.platform is 'Whose escalation policy holds: school, corporate, or platform.';
comment on column incident.incident.dedup_key is 'What makes it the same trouble: there is one open incident for a key.';
comment on column incident.incident.severity is '1 (worst) to 4: the worst of its occurrences.';
comment on column incident.incident.is_storm is 'It stands for more incidents of its source than people can look at one by one.';
comment on column incident.incident.episode is 'Counts up when it is opened again.';
comment on column incident.incident.proposer_id is 'Who proposed to dismiss it, and is not the one who does.';
comment on column incident.incident.code is 'Why it is dismissed (or is proposed to be), or that it recovered by itself.';
comment on column incident.incident.previous_id is 'The incident of the same key before this one.';
comment on column incident.incident.closer_is_not is 'Who resolved what is severe, and does not close it.';
create unique index one_is_open_for_each_key on incident.incident (tenant_id, dedup_key)
where state in ('detected', 'acknowledged', 'investigating', 'mitigated');
create unique index one_storm_is_open_for_each_source on incident.incident (tenant_id, source)
where is_storm and state in ('detected', 'acknowledged', 'investigating', 'mitigated');
create index incident_by_key on incident.incident (tenant_id, dedup_key, number);
create index incident_into on incident.incident (tenant_id, into_id) where into_id is not null;
create index incident_previous on incident.incident (tenant_id, previous_id) where previous_id is not null;

create table incident.incident_transition (
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
  constraint incident_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_an_incident foreign key (tenant_id, object_id) references incident.incident (tenant_id, id)
);
comment on table incident.incident_transition is
  'The history of incidents, written by core.judge_transition: every time that is told of one is read from here.';
create index incident_transition_object on incident.incident_transition (tenant_id, object_id, recorded_at);

commit;
