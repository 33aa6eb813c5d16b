-- Deploy smartattend:incident/rule to pg
begin;
set local role smartattend_owner;

create table incident.source (
  source text not null,
  title text not null,
  meaning text not null,
  severity integer not null,
  constraint source_pkey primary key (source),
  constraint source_is_snake_case check (source ~ '^[a-z][a-z_]+$'),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4)
);
comment on table incident.source is 'What raises incidents, with the severity that one has when whoever raises it names none. 1 is the worst.';

create table incident.severity (
  severity integer not null,
  acknowledge_within interval not null,
  mitigate_within interval,
  resolve_within interval not null,
  acknowledgement_lasts interval,
  constraint severity_pkey primary key (severity),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4),
  constraint it_is_acknowledged_before_it_is_resolved check (acknowledge_within > '0' and resolve_within > acknowledge_within),
  constraint mitigation_lies_between check (mitigate_within >= acknowledge_within and mitigate_within <= resolve_within),
  constraint an_acknowledgement_lasts_a_while check (acknowledgement_lasts > '0')
);
comment on table incident.severity is
  'The service level of each severity: how long may pass, less pauses, until an incident is acknowledged, mitigated and resolved.';
comment on column incident.severity.mitigate_within is 'Null: no promise.';
comment on column incident.severity.acknowledgement_lasts is
  'How long an incident may stay acknowledged before anybody looks into it; then it is nobody''s again. Null: for ever.';

create table incident.step (
  platform text not null,
  severity integer not null,
  level text not null,
  after interval not null,
  recipient text not null,
  ordinal integer generated always as (
    case level when 'level_1' then 1 when 'level_2' then 2 when 'level_3' then 3 else 4 end
  ) stored,
  constraint step_pkey primary key (platform, severity, level),
  constraint platform_is_known check (platform in ('school', 'corporate', 'platform')),
  constraint step_is_of_a_severity foreign key (severity) references incident.severity (severity),
  constraint level_is_known check (level in ('level_1', 'level_2', 'level_3', 'executive')),
  constraint it_is_not_due_before_it_began check (after >= '0'),
  constraint recipient_is_a_role foreign key (recipient) references identity.role (role)
);
comment on table incident.step is
  'The escalation policy: how long an incident may be nobody''s until a level is called, and which role that is. Level 1 is called at once.';

create table incident.requirement (
  via text not null,
  kind text not null,
  up_to_severity integer not null,
  constraint requirement_pkey primary key (via, kind),
  constraint severity_is_1_to_4 check (up_to_severity >= 1 and up_to_severity <= 4),
  constraint kind_is_known check (kind in ('mitigation', 'root_cause', 'fix', 'verification', 'remediation', 'prevention'))
);
comment on table incident.requirement is
  'What must have been stated in an incident''s episode before it makes a transition, up to this severity: nobody resolves what nobody can explain.';

insert into incident.source (source, title, meaning, severity) values
  ('service_health', 'Service health', 'a service is unhealthy, or changes its mind too often', 2),
  ('seal', 'Seal', 'the chain of the ledger is broken, or nothing is sealed any more', 1),
  ('guard', 'Guard', 'something that enforces was changed unannounced', 1),
  ('escalation', 'Escalation', 'somebody''s privileges grew as they should not', 2),
  ('break_glass', 'Broken glass', 'a role or a tenant was entered in an emergency, and somebody else has to judge it', 2),
  ('closed_period', 'Closed period', 'evidence speaks against a record of a closed period', 3),
  ('server_clock', 'Server clock', 'the clock of the server cannot be trusted', 1),
  ('maintenance', 'Maintenance', 'a maintenance job fails, or has not run', 3),
  ('clock_drift', 'Clock drift', 'the clock of a device cannot be trusted', 3),
  ('simulation', 'Simulation', 'a simulation broke a promise', 3),
  ('manual', 'Manual', 'a person says so', 3);

insert into incident.severity (severity, acknowledge_within, mitigate_within, resolve_within, acknowledgement_lasts) values
  (1, '5 minutes', '1 hour', '4 hours', '30 minutes'),
  (2, '15 minutes', '4 hours', '8 hours', '2 hours'),
  (3, '1 hour', '24 hours', '72 hours', '1 day'),
  (4, '1 day', null, '7 days', null);

insert into incident.step (platform, severity, level, after, recipient)
select r.platform, d.severity, d.level, d.after, r.recipients[array_position(array['level_1', 'level_2', 'level_3', 'executive'], d.level)]
from (values
  (1, 'level_1', interval '0'), (1, 'level_2', '5 minutes'), (1, 'level_3', '15 minutes'), (1, 'executive', '30 minutes'),
  (2, 'level_1', '0'), (2, 'level_2', '15 minutes'), (2, 'level_3', '1 hour'), (2, 'executive', '4 hours'),
  (3, 'level_1', '0'), (3, 'level_2', '1 hour'), (3, 'level_3', '1 day'),
  (4, 'level_1', '0'), (4, 'level_2', '1 day')
) as d (severity, level, after)
cross join (values
  ('school', array['attendance_officer', 'school_admin', 'platform_operator', 'superadmin']),
  ('corporate', array['hr', 'corporate_admin', 'platform_operator', 'superadmin']),
  ('platform', array['platform_operator', 'platform_operator', 'superadmin', 'superadmin'])
) as r (platform, recipients);

insert into incident.requirement (via, kind, up_to_severity) values
  ('mitigate', 'mitigation', 4),
  ('resolve', 'root_cause', 4),
  ('resolve', 'fix', 4),
  ('verify', 'verification', 4),
  ('close', 'root_cause', 2),
  ('close', 'remediation', 2),
  ('close', 'prevention', 2);

commit;
