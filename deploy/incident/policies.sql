-- Deploy smartattend:incident/policies to pg
begin;
set local role smartattend_owner;

do $$
declare
  v_table text;
begin
  -- What went wrong is evidence: no state of a tenant gates it. The platform's incidents have the nil UUID, where no tenant is bound.
  foreach v_table in array array[
    'incident', 'incident_transition', 'occurrence', 'statement', 'assignment', 'pause', 'resumption', 'escalation', 'page', 'verdict', 'counter'
  ] loop
    execute format('alter table incident.%I enable row level security', v_table);
    execute format('alter table incident.%I force row level security', v_table);
    execute format(
      'create policy owner_reads_what_is_bound on incident.%I for select to smartattend_owner '
      || 'using (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid)))', v_table
    );
    execute format(
      'create policy owner_appends_to_what_is_bound on incident.%I for insert to smartattend_owner '
      || 'with check (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid)))', v_table
    );
    if v_table in ('incident', 'counter') then
      execute format(
        'create policy owner_changes_what_is_bound on incident.%I for update to smartattend_owner '
        || 'using (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid))) '
        || 'with check (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid)))', v_table
      );
    end if;
    if v_table <> 'counter' then
      execute format(
        'create policy a_session_reads_incidents_of_its_tenant on incident.%I for select to smartattend_app '
        || 'using (tenant_id = (select identity.session_tenant(''administration_read'')) and (select identity.session_holds(''incident.read'')))', v_table
      );
      execute format(
        'create policy the_platform_reads_its_own on incident.%I for select to smartattend_app '
        || 'using (tenant_id = (select identity.platform_tenant(''incident.read'')))', v_table
      );
    end if;
  end loop;
end $$;

revoke all on all tables in schema incident from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant usage on schema incident to smartattend_app;
grant select on
  incident.source, incident.severity, incident.step, incident.requirement, incident.incident, incident.incident_transition, incident.occurrence,
  incident.statement, incident.assignment, incident.pause, incident.resumption, incident.escalation, incident.page, incident.verdict
to smartattend_app;

commit;
