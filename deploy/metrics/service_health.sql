-- Deploy smartattend:metrics/service_health to pg
begin;
set local role smartattend_owner;

create table metrics.service (
  service text not null,
  report_every interval not null,
  meaning text not null,
  constraint service_pkey primary key (service),
  constraint name_is_snake_case check (service ~ '^[a-z][a-z_]+$'),
  constraint reports_come_every_second_to_every_day check (report_every >= '1 second' and report_every <= '1 day')
);
comment on table metrics.service is
  'What has a health, and how often somebody reports on it: three intervals without a report, and nobody knows. Rooms add their own.';
insert into metrics.service (service, report_every, meaning) values
  ('api', '1 minute', 'calls of schema api are answered'),
  ('database', '1 minute', 'the server has connections, disk and short transactions'),
  ('maintenance', '5 minutes', 'background jobs run in time'),
  ('ledger', '15 minutes', 'history is sealed, and what is sealed verifies'),
  ('report', '1 hour', 'reports are fresh');

create table metrics.service_health (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  service text not null,
  state text not null default 'unknown',
  state_via text not null default 'register',
  state_reason text,
  bad_reports integer not null default 0,
  good_reports integer not null default 0,
  recovers_from text,
  changed_at timestamptz[] not null default '{}',
  held_until timestamptz not null default '-infinity',
  reported_at timestamptz,
  evidence jsonb not null default '{}',
  constraint service_health_pkey primary key (tenant_id, id),
  constraint a_service_has_one_health unique (tenant_id, service),
  constraint health_is_of_a_service foreign key (service) references metrics.service (service),
  constraint reports_count_from_zero check (bad_reports >= 0 and good_reports >= 0),
  constraint a_report_is_good_or_bad check (bad_reports = 0 or good_reports = 0),
  constraint who_recovers_recovers_from_something check ((state = 'recovering') = (recovers_from is not null)),
  constraint it_recovers_from_what_is_not_good check (recovers_from in ('unknown', 'degraded', 'unhealthy')),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object'),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table metrics.service_health is
  'The health of each service, for a tenant or (the nil UUID) the platform: machine service_health. Three bad reports in a row are one level down, five good ones one level up.';
comment on column metrics.service_health.bad_reports is 'In a row, since the last change of level.';
comment on column metrics.service_health.recovers_from is 'While it recovers: the level that it falls back to.';
comment on column metrics.service_health.changed_at is 'The changes of level of the last ten minutes.';
comment on column metrics.service_health.held_until is 'Flapping: until then its level stays, whatever is reported.';

create table metrics.service_health_transition (
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
  constraint service_health_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_health foreign key (tenant_id, object_id) references metrics.service_health (tenant_id, id)
);
comment on table metrics.service_health_transition is 'The history of the health of services, written by core.judge_transition.';
create index service_health_transition_object on metrics.service_health_transition (tenant_id, object_id);

create trigger service_health_100_kept
before delete on metrics.service_health
for each row execute function core.refuse_change('kept');
create trigger service_health_100_no_truncate
before truncate on metrics.service_health
for each statement execute function core.refuse_change('kept');
create trigger service_health_transition_100_append_only
before update or delete on metrics.service_health_transition
for each row execute function core.refuse_change();
create trigger service_health_transition_100_no_truncate
before truncate on metrics.service_health_transition
for each statement execute function core.refuse_change();
alter table metrics.service_health enable always trigger service_health_100_kept;
alter table metrics.service_health enable always trigger service_health_100_no_truncate;
alter table metrics.service_health_transition enable always trigger service_health_transition_100_append_only;
alter table metrics.service_health_transition enable always trigger service_health_transition_100_no_truncate;

insert into core.machine (machine, title, relation) values ('service_health', 'Service health', 'metrics.service_health');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('service_health', 'unknown', true, false, 'nobody has reported for three intervals, or ever'),
  ('service_health', 'healthy', false, false, 'it works'),
  ('service_health', 'degraded', false, false, 'it works badly'),
  ('service_health', 'unhealthy', false, false, 'it does not work'),
  ('service_health', 'recovering', false, false, 'reports are good again, but not yet five in a row'),
  ('service_health', 'maintenance', false, false, 'somebody works on it: reports change nothing');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('service_health', null, 'unknown', 'register', null, false, '{}', false, 'once for each service'),
  ('service_health', 'unknown', 'degraded', 'fail', null, false, '{}', true, 'three bad reports in a row'),
  ('service_health', 'healthy', 'degraded', 'fail', null, false, '{}', true, 'three bad reports in a row'),
  ('service_health', 'degraded', 'unhealthy', 'fail', null, false, '{}', true, 'three bad reports in a row'),
  ('service_health', 'recovering', 'degraded', 'fail', null, false, '{}', true, 'three bad reports in a row; it was degraded or unknown'),
  ('service_health', 'recovering', 'unhealthy', 'fail', null, false, '{}', true, 'three bad reports in a row; it was unhealthy'),
  ('service_health', 'unknown', 'recovering', 'improve', null, false, '{}', true, 'a good report'),
  ('service_health', 'degraded', 'recovering', 'improve', null, false, '{}', true, 'a good report'),
  ('service_health', 'unhealthy', 'recovering', 'improve', null, false, '{}', true, 'a good report'),
  ('service_health', 'recovering', 'healthy', 'recover', null, false, '{}', true, 'five good reports in a row; it was degraded or unknown'),
  ('service_health', 'recovering', 'degraded', 'recover', null, false, '{}', true, 'five good reports in a row; it was unhealthy'),
  ('service_health', 'healthy', 'unknown', 'fall_silent', null, false, '{}', true, 'no report for three intervals'),
  ('service_health', 'degraded', 'unknown', 'fall_silent', null, false, '{}', true, 'no report for three intervals'),
  ('service_health', 'unhealthy', 'unknown', 'fall_silent', null, false, '{}', true, 'no report for three intervals'),
  ('service_health', 'recovering', 'unknown', 'fall_silent', null, false, '{}', true, 'no report for three intervals'),
  ('service_health', 'unknown', 'maintenance', 'maintain', null, true, '{}', false, null),
  ('service_health', 'healthy', 'maintenance', 'maintain', null, true, '{}', false, null),
  ('service_health', 'degraded', 'maintenance', 'maintain', null, true, '{}', false, null),
  ('service_health', 'unhealthy', 'maintenance', 'maintain', null, true, '{}', false, null),
  ('service_health', 'recovering', 'maintenance', 'maintain', null, true, '{}', false, null),
  ('service_health', 'maintenance', 'unknown', 'resume', null, true, '{}', false, 'reports say how it is');
create trigger service_health_800_judge_transition
after insert or update on metrics.service_health
for each row execute function core.judge_transition('service_health', 'id');
alter table metrics.service_health enable always trigger service_health_800_judge_transition;

commit;
