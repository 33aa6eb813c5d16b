-- Deploy smartattend:incident/fact to pg
begin;
set local role smartattend_owner;

create table incident.occurrence (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  episode integer not null,
  dedup_key text not null,
  severity integer not null,
  title text not null,
  evidence jsonb not null,
  actor_id uuid default (core.actor()).user_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint occurrence_pkey primary key (tenant_id, id),
  constraint occurrence_is_of_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object')
);
comment on table incident.occurrence is
  'That it happened, once for each time that it was raised. There is no counter to wait for: an incident happened as often as it has rows here.';
create index occurrence_incident on incident.occurrence (tenant_id, incident_id, recorded_at);

create table incident.statement (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  episode integer not null,
  kind text not null,
  text text not null,
  confidence text,
  evidence jsonb,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint statement_pkey primary key (tenant_id, id),
  constraint statement_is_on_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint kind_is_known check (
    kind in ('note', 'mitigation', 'root_cause', 'fix', 'verification', 'remediation', 'prevention', 'recovery')
  ),
  constraint text_says_something check (core.is_reason(text)),
  constraint confidence_is_known check (confidence in ('low', 'medium', 'high')),
  constraint a_root_cause_has_a_confidence check ((kind = 'root_cause') = (confidence is not null)),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object')
);
comment on table incident.statement is
  'What was found out and done, in the words of who did it: notes, mitigation, root cause with how sure one is, fix, verification, remediation, prevention. A later statement of a kind stands for the earlier one, which stays.';
create index statement_incident on incident.statement (tenant_id, incident_id, recorded_at);

create table incident.assignment (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  episode integer not null,
  owner_id uuid not null,
  reason text not null,
  actor_id uuid default (core.actor()).user_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint assignment_pkey primary key (tenant_id, id),
  constraint assignment_is_of_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table incident.assignment is 'That an incident was handed to somebody else, by whom and why. Who acknowledges one has it without such a row.';
create index assignment_incident on incident.assignment (tenant_id, incident_id, recorded_at);

create table incident.pause (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  episode integer not null,
  reason text not null,
  actor_id uuid default (core.actor()).user_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint pause_pkey primary key (tenant_id, id),
  constraint pause_is_of_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table incident.pause is 'That the clocks of an incident stand still, and why: somebody else has to move first.';
create index pause_incident on incident.pause (tenant_id, incident_id, recorded_at);

create table incident.resumption (
  tenant_id uuid not null,
  pause_id uuid not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint resumption_pkey primary key (tenant_id, pause_id),
  constraint resumption_ends_a_pause foreign key (tenant_id, pause_id) references incident.pause (tenant_id, id),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table incident.resumption is 'That a pause is over. Once for each.';

create table incident.escalation (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  episode integer not null,
  since timestamptz not null,
  level text not null,
  severity integer not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint escalation_pkey primary key (tenant_id, id),
  constraint a_step_is_taken_once unique (tenant_id, incident_id, since, level),
  constraint escalation_is_of_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint level_is_known check (level in ('level_1', 'level_2', 'level_3', 'executive')),
  constraint it_is_taken_after_it_began check (recorded_at >= since)
);
comment on table incident.escalation is
  'The escalation steps that were taken: the log line that the auditor looks for. Once for each time that an incident was nobody''s.';
comment on column incident.escalation.since is 'Since when the incident is nobody''s: the instant of the transition.';

create table incident.page (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  incident_id uuid not null,
  level text not null,
  recipient text not null,
  user_id uuid,
  why text not null,
  severity integer not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint page_pkey primary key (tenant_id, id),
  constraint page_is_about_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint level_is_known check (level in ('level_1', 'level_2', 'level_3', 'executive')),
  constraint why_is_known check (why in ('raised', 'escalated', 'worse', 'unacknowledged'))
);
comment on table incident.page is
  'That somebody is to be told now: the fact of which a job makes messages. It is written in the transaction of what it tells.';
comment on column incident.page.recipient is 'The role that is called (incident.step).';
comment on column incident.page.user_id is 'Who has the incident, and is told first.';
create index page_incident on incident.page (tenant_id, incident_id, recorded_at);

create table incident.verdict (
  tenant_id uuid not null,
  incident_id uuid not null,
  episode integer not null,
  clock text not null,
  severity integer not null,
  within interval not null,
  took interval not null,
  is_met boolean generated always as (took <= within) stored,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint verdict_pkey primary key (tenant_id, incident_id, episode, clock),
  constraint verdict_is_on_an_incident foreign key (tenant_id, incident_id) references incident.incident (tenant_id, id),
  constraint clock_is_known check (clock in ('acknowledge', 'mitigate', 'resolve'))
);
comment on table incident.verdict is
  'Whether a promise of the service level was kept in an episode: written once, by what stopped the clock or when its time was over, and never reconsidered.';
comment on column incident.verdict.took is 'Less pauses. Of a promise that was not kept: until that was noticed.';

commit;
