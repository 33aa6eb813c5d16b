-- Deploy smartattend:simulation/run to pg
begin;
set local role smartattend_owner;

create table simulation.run (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  command text not null,
  seed bigint not null,
  plan_hash bytea not null,
  parameters jsonb not null default '{}',
  tool_version text not null,
  started_by uuid default (core.actor()).user_id,
  created_at timestamptz not null default core.clock(),
  state text not null default 'planned',
  state_via text not null default 'plan',
  state_reason text,
  constraint run_pkey primary key (tenant_id, id),
  constraint run_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint command_is_a_lower_case_word check (command ~ '^[a-z][a-z-]{1,62}$'),
  constraint plan_hash_is_sha256 check (octet_length(plan_hash) = 32),
  constraint parameters_are_an_object check (jsonb_typeof(parameters) = 'object'),
  constraint tool_version_is_readable check (core.is_name(tool_version)),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table simulation.run is
  'One run of the simulator against a sandbox tenant. Its state is the machine simulation_run; the verdict is derived from its checks, never told by the client.';
comment on column simulation.run.plan_hash is 'SHA-256 of the plan of operations and faults: a pure function of scenario, parameters and seed.';

create table simulation.run_transition (
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
  constraint run_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_run foreign key (tenant_id, object_id) references simulation.run (tenant_id, id)
);
comment on table simulation.run_transition is 'The history of runs, written by core.judge_transition.';
create index run_transition_object on simulation.run_transition (tenant_id, object_id);

commit;
