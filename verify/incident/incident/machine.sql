-- Verify smartattend:incident/incident/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert exists (select from core.transition where machine = 'incident' and from_state is null), 'the moves of incident';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'incident.incident'::regclass and tgname = 'incident_800_judge_transition') = 'A', 'incident_800_judge_transition';
end $$;

rollback;
