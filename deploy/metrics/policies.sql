-- Deploy smartattend:metrics/policies to pg
begin;
set local role smartattend_owner;

do $$
declare
  v_table text;
begin
  -- Derived from evidence, and like it never gated. What concerns the platform has the nil UUID, and is seen where no tenant is bound.
  foreach v_table in array array['sample', 'request_minute', 'request_hour', 'counter', 'watermark'] loop
    execute format('alter table metrics.%I enable row level security', v_table);
    execute format('alter table metrics.%I force row level security', v_table);
    execute format(
      'create policy owner_keeps_what_is_bound on metrics.%1$I for all to smartattend_owner '
      || 'using (tenant_id = (select coalesce(core.bound_tenant(), %2$L::uuid))) with check (tenant_id = (select coalesce(core.bound_tenant(), %2$L::uuid)))',
      v_table, '00000000-0000-0000-0000-000000000000'
    );
  end loop;
  foreach v_table in array array['service_health', 'service_health_transition', 'alarm'] loop
    execute format('alter table metrics.%I enable row level security', v_table);
    execute format('alter table metrics.%I force row level security', v_table);
    execute format(
      'create policy owner_reads_what_is_bound on metrics.%I for select to smartattend_owner '
      || 'using (tenant_id = (select coalesce(core.bound_tenant(), %L::uuid)))', v_table, '00000000-0000-0000-0000-000000000000'
    );
    execute format(
      'create policy owner_appends_to_what_is_bound on metrics.%I for insert to smartattend_owner '
      || 'with check (tenant_id = (select coalesce(core.bound_tenant(), %L::uuid)))', v_table, '00000000-0000-0000-0000-000000000000'
    );
  end loop;
  foreach v_table in array array['sample', 'request_minute', 'request_hour', 'service_health'] loop
    execute format(
      'create policy a_session_reads_its_tenants_metrics on metrics.%I for select to smartattend_app '
      || 'using (tenant_id = (select identity.session_tenant(''administration_read'')) and (select identity.session_holds(''metrics.read'')))', v_table
    );
  end loop;
end $$;
create policy owner_moves_what_is_bound on metrics.service_health
for update to smartattend_owner
using (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)))
with check (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)));

commit;
