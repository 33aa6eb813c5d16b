-- Deploy smartattend:simulation/result to pg
begin;
set local role smartattend_owner;

create table simulation.scenario (
  tenant_id uuid not null,
  run_id uuid not null,
  scenario text not null,
  verdict text not null,
  steady_state boolean not null,
  conditions jsonb not null,
  figures jsonb not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint scenario_pkey primary key (tenant_id, run_id, scenario),
  constraint scenario_belongs_to_a_run foreign key (tenant_id, run_id) references simulation.run (tenant_id, id),
  constraint verdict_is_known check (verdict in ('held', 'broken', 'inconclusive')),
  constraint name_is_a_code check (core.is_code(scenario)),
  constraint conditions_are_a_list check (jsonb_typeof(conditions) = 'array'),
  constraint figures_are_an_object check (jsonb_typeof(figures) = 'object'),
  constraint without_steady_state_nothing_held check (steady_state or verdict <> 'held')
);
comment on table simulation.scenario is 'How one scenario of a run came out.';
comment on column simulation.scenario.conditions is
  'What should happen at least once for the run to mean something: [{"name", "met", "witness", "required"}].';
comment on column simulation.scenario.figures is 'Measured by the clients: calls, latencies, overlap. Not judged.';

create table simulation.fault (
  tenant_id uuid not null,
  run_id uuid not null,
  scenario text not null,
  fault text not null,
  planned integer not null,
  fired integer not null,
  observed integer not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint fault_pkey primary key (tenant_id, run_id, scenario, fault),
  constraint fault_belongs_to_a_scenario foreign key (tenant_id, run_id, scenario)
    references simulation.scenario (tenant_id, run_id, scenario),
  constraint name_is_a_code check (core.is_code(fault)),
  constraint counts_are_not_negative check (planned >= 0 and fired >= 0 and observed >= 0)
);
comment on table simulation.fault is
  'How often each fault was planned, fired, and seen by its effect. A run whose fault fired less than planned is inconclusive.';

create table simulation.check (
  tenant_id uuid not null,
  run_id uuid not null,
  scenario text not null,
  judgement text not null,
  severity text not null,
  verdict text not null,
  items bigint not null,
  violations bigint not null,
  expected text not null,
  observed text not null,
  witness jsonb,
  query text not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint check_pkey primary key (tenant_id, run_id, scenario, judgement),
  constraint check_belongs_to_a_scenario foreign key (tenant_id, run_id, scenario)
    references simulation.scenario (tenant_id, run_id, scenario),
  constraint check_is_a_judgement foreign key (judgement) references simulation.judgement (judgement),
  constraint verdict_is_known check (verdict in ('held', 'broken', 'inconclusive')),
  constraint a_violation_breaks check ((violations > 0) = (verdict = 'broken')),
  constraint a_violation_has_a_witness check ((violations > 0) = (witness is not null))
);
comment on table simulation.check is
  'One judgement of one scenario: how many items it looked at, how many violate it, the smallest witness and the query that shows all of them.';
create index check_judgement on simulation.check (judgement);

create table simulation.issue (
  tenant_id uuid not null,
  run_id uuid not null,
  scenario text not null,
  ordinal integer not null,
  kind text not null,
  about text not null,
  severity text not null,
  title text not null,
  meaning text not null,
  action text not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint issue_pkey primary key (tenant_id, run_id, scenario, ordinal),
  constraint issue_belongs_to_a_scenario foreign key (tenant_id, run_id, scenario)
    references simulation.scenario (tenant_id, run_id, scenario),
  constraint kind_is_known check (kind in ('violation', 'idle_check', 'steady_state', 'fault', 'condition')),
  constraint severity_is_known check (severity in ('critical', 'major', 'minor'))
);
comment on table simulation.issue is 'What an operator should know and do after a run: one row for each broken check, and for each reason why the run cannot be trusted.';
comment on column simulation.issue.about is 'The judgement, fault or condition it is about.';

commit;
