-- Deploy smartattend:access/policies to pg
begin;
set local role smartattend_owner;

do $$
declare
  v_table text;
begin
  -- Requests and revalidations are administration: the tenant's state opens and closes them.
  foreach v_table in array array['role_request', 'revalidation'] loop
    execute format('alter table access.%I enable row level security', v_table);
    execute format('alter table access.%I force row level security', v_table);
    execute format(
      'create policy owner_reads_the_bound_tenant on access.%I for select to smartattend_owner using (tenant_id = (select core.bound_tenant(%L)))',
      v_table, 'administration_read'
    );
    execute format(
      'create policy owner_adds_to_the_bound_tenant on access.%I for insert to smartattend_owner with check (tenant_id = (select core.bound_tenant(%L)))',
      v_table, 'administration_write'
    );
    execute format(
      'create policy owner_changes_the_bound_tenant on access.%1$I for update to smartattend_owner '
      || 'using (tenant_id = (select core.bound_tenant(%2$L))) with check (tenant_id = (select core.bound_tenant(%2$L)))',
      v_table, 'administration_write'
    );
  end loop;
  -- Evidence is never gated. What concerns the platform has the nil UUID, and is written where no tenant is bound.
  foreach v_table in array array[
    'role_request_transition', 'role_approval', 'revalidation_transition', 'grant_history', 'escalation_event', 'escalation_event_transition', 'alarm'
  ] loop
    execute format('alter table access.%I enable row level security', v_table);
    execute format('alter table access.%I force row level security', v_table);
    execute format(
      'create policy owner_reads_what_is_bound on access.%I for select to smartattend_owner '
      || 'using (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid)))', v_table
    );
    execute format(
      'create policy owner_appends_to_what_is_bound on access.%I for insert to smartattend_owner '
      || 'with check (tenant_id = (select coalesce(core.bound_tenant(), ''00000000-0000-0000-0000-000000000000''::uuid)))', v_table
    );
  end loop;
end $$;
create policy owner_decides_what_is_bound on access.escalation_event
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));

create policy a_session_reads_its_own_or_its_scope on access.role_request
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (
    beneficiary_id = (select identity.session_user_id())
    or requested_by = (select identity.session_user_id())
    or (select identity.session_holds('role.grant'))
    or unit_id = any (array(select u.unit_id from identity.session_units('role.grant') as u (unit_id)))
  )
);
create policy a_session_reads_its_own_or_reviews on access.revalidation
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (user_id = (select identity.session_user_id()) or (select identity.session_holds('role.review')))
);
create policy a_session_reads_its_own_or_reviews on access.grant_history
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (user_id = (select identity.session_user_id()) or (select identity.session_holds('role.review')))
);
create policy a_session_reads_requests_that_it_grants on access.role_approval
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (
    beneficiary_id = (select identity.session_user_id())
    or requested_by = (select identity.session_user_id())
    or (select identity.session_holds('role.grant'))
  )
);
-- Whom an event is about does not read it before it is decided.
create policy a_session_reviews_what_is_not_about_itself on access.escalation_event
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('role.review'))
  and user_id is distinct from (select identity.session_user_id())
);
create policy a_session_reads_its_own_or_grants on identity.role_grant
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (
    user_id = (select identity.session_user_id())
    or (select identity.session_holds('role.grant'))
    or unit_id = any (array(select u.unit_id from identity.session_units('role.grant') as u (unit_id)))
  )
);

revoke all on all tables in schema access from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant usage on schema access to smartattend_app, smartattend_operator;
grant select on access.role_rule, access.separation, access.escalation_rule, access.role_request, access.role_approval, access.revalidation,
  access.grant_history, access.escalation_event
to smartattend_app;
grant select on identity.role_grant, identity.role, identity.role_permission, identity.permission to smartattend_app;

commit;
