-- Deploy smartattend:simulation/run/guard to pg
begin;
set local role smartattend_owner;

create function simulation.guard_run()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE'
    and (to_jsonb(new) - array['state', 'state_via', 'state_reason'])
      is distinct from (to_jsonb(old) - array['state', 'state_via', 'state_reason'])
  then
    perform core.fail('SA020', 'another plan for simulation.run ' || old.id, 'a new run');
  end if;
  if new.state in ('planned', 'running') and not exists (
    select from tenancy.tenant as t where t.tenant_id = new.tenant_id and t.is_sandbox
  ) then
    perform core.fail('SA116', 'tenant ' || new.tenant_id, 'a tenant marked as a sandbox');
  end if;
  return null;
end $$;
comment on function simulation.guard_run() is
  'A run keeps its plan (only its state moves), and begins in a sandbox tenant only. After the row, so that no other trigger can change it afterwards. Raises SA020, SA116.';

create trigger run_100_guard
after insert or update on simulation.run
for each row execute function simulation.guard_run();
create trigger run_100_kept
before delete on simulation.run
for each row execute function core.refuse_change('kept');
create trigger run_100_no_truncate
before truncate on simulation.run
for each statement execute function core.refuse_change('kept');
create trigger run_transition_100_append_only
before update or delete on simulation.run_transition
for each row execute function core.refuse_change();
create trigger run_transition_100_no_truncate
before truncate on simulation.run_transition
for each statement execute function core.refuse_change();
alter table simulation.run enable always trigger run_100_guard;
alter table simulation.run enable always trigger run_100_kept;
alter table simulation.run enable always trigger run_100_no_truncate;
alter table simulation.run_transition enable always trigger run_transition_100_append_only;
alter table simulation.run_transition enable always trigger run_transition_100_no_truncate;

commit;
