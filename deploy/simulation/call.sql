-- Deploy smartattend:simulation/call to pg
begin;
set local role smartattend_owner;

create table simulation.call (
  tenant_id uuid not null,
  run_id uuid not null,
  number integer not null,
  scenario text not null,
  phase text not null,
  kind text not null,
  logical integer,
  variant integer not null default 0,
  device text not null,
  command text not null,
  key uuid not null,
  payload_hash bytea not null,
  subject_id uuid not null,
  due_us bigint not null,
  invoked_us bigint not null,
  ended_us bigint not null,
  outcome text not null,
  code text,
  record_id uuid,
  revision integer,
  answer_hash bytea,
  tries integer not null default 1,
  doubts integer not null default 0,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint call_pkey primary key (tenant_id, run_id, number),
  constraint call_belongs_to_a_run foreign key (tenant_id, run_id) references simulation.run (tenant_id, id),
  constraint phase_is_known check (phase in ('steady', 'load', 'recovery')),
  constraint outcome_is_known check (outcome in ('accepted', 'replayed', 'refused', 'error', 'unknown')),
  constraint words_are_short check (
    core.is_code(scenario) and core.is_code(kind) and core.is_code(device) and core.is_code(command) and (code is null or core.is_code(code))
  ),
  constraint a_call_ends_after_it_began check (ended_us >= invoked_us),
  constraint a_call_begins_when_it_is_due check (due_us >= 0 and invoked_us >= due_us),
  constraint hashes_are_sha256 check (octet_length(payload_hash) = 32 and octet_length(answer_hash) = 32),
  constraint an_acknowledgement_has_no_code check (code is null or outcome not in ('accepted', 'replayed')),
  constraint a_failure_has_a_code check (code is not null or outcome not in ('refused', 'error')),
  constraint somebody_tried check (tries >= 1 and doubts between 0 and tries)
);
comment on table simulation.call is
  'The clients'' testimony: what each of them asked and which answer it got. It was kept outside the database while the run lasted (JSON lines) and is handed in before judgement.';
comment on column simulation.call.logical is 'Calls with the same number are one logical check-in: they must leave one event and one record. Null for calls that are nobody''s duplicate.';
comment on column simulation.call.variant is 'Calls of one logical check-in with the same number carry the same payload.';
comment on column simulation.call.due_us is 'Microseconds since the run began, by the client''s monotonic clock: when the plan wanted it sent. Latency counts from here, so that waiting is not hidden.';
comment on column simulation.call.outcome is 'How the last try ended. unknown: the connection died after the request had left, and asking again by the key did not settle it.';
comment on column simulation.call.answer_hash is 'SHA-256 of the answer without its status: a replay must equal the first answer.';
comment on column simulation.call.doubts is 'How many of the tries ended unknown.';
create index call_key on simulation.call (tenant_id, run_id, key);

commit;
