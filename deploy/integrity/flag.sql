-- Deploy smartattend:integrity/flag to pg
begin;
set local role smartattend_owner;

create table integrity.flag (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  rule text not null,
  about uuid not null,
  about_kind text not null,
  event_key uuid,
  record_id uuid,
  revision integer,
  session_id uuid,
  subject_id uuid,
  unit_id uuid,
  captured_by uuid,
  severity text not null,
  is_blocking boolean not null,
  observed jsonb not null,
  expected jsonb not null,
  evidence_hash core.sha256 not null,
  raised_at timestamptz not null default core.clock(),
  state text not null default 'open',
  state_via text not null default 'raise',
  state_reason text,
  constraint flag_pkey primary key (tenant_id, id),
  constraint evidence_is_flagged_once unique (tenant_id, rule, about, evidence_hash),
  constraint flag_is_of_a_rule foreign key (rule) references integrity.rule (rule),
  constraint flag_is_on_an_event foreign key (tenant_id, event_key) references attendance.event (tenant_id, key),
  constraint flag_is_on_a_revision foreign key (tenant_id, record_id, revision) references attendance.event (tenant_id, record_id, revision),
  constraint flag_is_in_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint flag_is_about_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint flag_is_in_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint capturer_is_a_member foreign key (tenant_id, captured_by) references identity.membership (tenant_id, user_id),
  constraint about_kind_is_known check (about_kind in ('event', 'repeat', 'refusal', 'record', 'session', 'request', 'subject')),
  constraint severity_is_known check (severity in ('info', 'low', 'med', 'high')),
  constraint a_revision_has_its_record check ((record_id is null) = (revision is null)),
  constraint capturers_of_blocking_flags_do_not_decide check (captured_by is null or is_blocking),
  constraint evidence_is_objects check (jsonb_typeof(observed) = 'object' and jsonb_typeof(expected) = 'object'),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table integrity.flag is
  'That a rule spoke, about what, and why: observed against expected. The same evidence about the same thing is one flag for ever, so that a scan may run twice. What somebody decides about it is its state.';
comment on column integrity.flag.about is
  'What it is about, by about_kind: the key of an event or of a repeat, the id of a refusal, a record, a session, a correction request or a person.';
comment on column integrity.flag.revision is
  'The record''s revision when it was raised. A record is named through its event, since in a capture the flag is there before the record.';
comment on column integrity.flag.captured_by is 'Who captured what a blocking flag is about, and must not decide about it.';
comment on column integrity.flag.is_blocking is 'It holds its record: recorded or verified becomes flagged, until every blocking flag is dismissed.';
-- Without it a purge asks for the flags of each event by reading all of them: the square of the tenant's history.
create index flag_event on integrity.flag (tenant_id, event_key);
create index flag_record on integrity.flag (tenant_id, record_id) where record_id is not null;
create index flag_open on integrity.flag (tenant_id, rule, subject_id) where state = 'open';

create table integrity.flag_transition (
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
  constraint flag_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_flag foreign key (tenant_id, object_id) references integrity.flag (tenant_id, id)
);
comment on table integrity.flag_transition is 'The history of flags, written by core.judge_transition: who decided what, and why.';
create index flag_transition_object on integrity.flag_transition (tenant_id, object_id);

commit;
