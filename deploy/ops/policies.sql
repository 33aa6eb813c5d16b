-- Deploy smartattend:ops/policies to pg
begin;
set local role smartattend_owner;

-- None of it is gated by the tenant's state: jobs decide by their own gate, and what was published is told. The platform's rows have the nil
-- UUID, and are seen where no tenant is bound.
do $$
declare
  c_bound constant text := 'tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid))';
  v_table text;
begin
  foreach v_table in array array['job_run', 'message', 'visit', 'horizon', 'subscription', 'delivery'] loop
    execute format('alter table ops.%I enable row level security', v_table);
    execute format('alter table ops.%I force row level security', v_table);
    execute format('create policy owner_reads_what_is_bound on ops.%I for select to smartattend_owner using (%s)', v_table, c_bound);
    execute format('create policy owner_adds_to_what_is_bound on ops.%I for insert to smartattend_owner with check (%s)', v_table, c_bound);
  end loop;
  foreach v_table in array array['visit', 'horizon', 'subscription', 'delivery'] loop
    execute format(
      'create policy owner_changes_what_is_bound on ops.%1$I for update to smartattend_owner using (%2$s) with check (%2$s)', v_table, c_bound
    );
  end loop;
end $$;

-- A worker serves all tenants: it sees whose jobs failed and whose deliveries are due, not what is in them.
create policy operator_lists_runs on ops.job_run for select to smartattend_operator using (true);
create policy operator_lists_visits on ops.visit for select to smartattend_operator using (true);
create policy operator_lists_deliveries on ops.delivery for select to smartattend_operator using (true);
create policy a_session_reads_that_manages_notifications on ops.subscription
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read')) and (select identity.session_holds('notification.manage'))
);
create policy a_session_reads_that_manages_notifications on ops.message
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read')) and (select identity.session_holds('notification.manage'))
);
create policy a_session_reads_that_manages_notifications on ops.delivery
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read')) and (select identity.session_holds('notification.manage'))
);

revoke all on all tables in schema ops from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on ops.job, ops.job_run, ops.visit, ops.delivery to smartattend_operator;
grant select on ops.subscription, ops.message, ops.delivery to smartattend_app;

commit;
