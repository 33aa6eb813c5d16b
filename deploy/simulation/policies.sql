-- Deploy smartattend:simulation/policies to pg
begin;
set local role smartattend_owner;

-- Evidence is never gated by the tenant's state. A session reads it that may run simulations for the whole tenant.
do $$
declare
  v_table text;
begin
  foreach v_table in array array['run', 'run_transition', 'call', 'scenario', 'fault', 'check', 'issue'] loop
    execute format('alter table simulation.%I enable row level security', v_table);
    execute format('alter table simulation.%I force row level security', v_table);
    execute format(
      'create policy owner_appends_to_the_bound_tenant on simulation.%I for insert to smartattend_owner with check (tenant_id = (select core.bound_tenant()))',
      v_table
    );
    execute format(
      'create policy a_session_reads_its_scope on simulation.%I for select to smartattend_app using (tenant_id = (select identity.session_tenant(''administration_read'')) and (select identity.session_holds(''simulation.run'')))',
      v_table
    );
  end loop;
  foreach v_table in array array['run', 'call', 'fault', 'check'] loop
    execute format(
      'create policy owner_reads_the_bound_tenant on simulation.%I for select to smartattend_owner using (tenant_id = (select core.bound_tenant()))',
      v_table
    );
  end loop;
end $$;
create policy owner_moves_the_bound_tenant on simulation.run
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));

commit;
