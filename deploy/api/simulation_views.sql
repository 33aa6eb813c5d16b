-- Deploy smartattend:api/simulation_views to pg
begin;
set local role smartattend_owner;

create view api.simulation_run
with (security_invoker = true)
as
select
  r.id, r.command, r.seed, encode(r.plan_hash, 'hex') as plan_hash, r.parameters, r.tool_version, r.created_at,
  r.state, r.state_reason,
  (
    select max(t.recorded_at)
    from simulation.run_transition as t
    where t.tenant_id = r.tenant_id and t.object_id = r.id and t.to_state in ('held', 'broken', 'inconclusive', 'aborted')
  ) as ended_at,
  (
    select count(*)
    from simulation.issue as i
    where i.tenant_id = r.tenant_id and i.run_id = r.id
  ) as issues
from simulation.run as r;
comment on view api.simulation_run is 'The runs of the session''s tenant, for those who may run simulations.';

create view api.simulation_scenario
with (security_invoker = true)
as
select s.run_id, s.scenario, s.verdict, s.steady_state, s.conditions, s.figures, s.recorded_at
from simulation.scenario as s;
comment on view api.simulation_scenario is 'How the scenarios of each run came out.';

create view api.simulation_fault
with (security_invoker = true)
as
select f.run_id, f.scenario, f.fault, f.planned, f.fired, f.observed
from simulation.fault as f;
comment on view api.simulation_fault is 'How often each fault of a run was planned, fired and observed.';

create view api.simulation_check
with (security_invoker = true)
as
select
  k.run_id, k.scenario, k.judgement, j.title, k.severity, k.verdict, k.items, k.violations, k.expected, k.observed, k.witness, k.query,
  j.meaning, j.action
from simulation.check as k
inner join simulation.judgement as j on j.judgement = k.judgement;
comment on view api.simulation_check is 'The checks of each run, with what a violation means and what to do.';

create view api.simulation_issue
with (security_invoker = true)
as
select i.run_id, i.scenario, i.ordinal, i.kind, i.about, i.severity, i.title, i.meaning, i.action, i.recorded_at
from simulation.issue as i;
comment on view api.simulation_issue is 'What an operator should know and do after each run.';

grant select on api.simulation_run, api.simulation_scenario, api.simulation_fault, api.simulation_check, api.simulation_issue
to smartattend_app;

commit;
