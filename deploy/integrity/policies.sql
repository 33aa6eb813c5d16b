-- Deploy smartattend:integrity/policies to pg
begin;
set local role smartattend_owner;

alter table integrity.rule_setting enable row level security;
alter table integrity.rule_setting force row level security;
create policy owner_reads_the_bound_tenant on integrity.rule_setting
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on integrity.rule_setting
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on integrity.rule_setting
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy a_session_reads_what_it_decides_by on integrity.rule_setting
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('attendance.flag'))
);

-- Evidence is never gated by the tenant's state.
alter table integrity.flag enable row level security;
alter table integrity.flag force row level security;
create policy owner_reads_the_bound_tenant on integrity.flag
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on integrity.flag
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy owner_moves_the_bound_tenant on integrity.flag
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant()))
with check (tenant_id = (select core.bound_tenant()));
-- Nobody reads the flags about oneself, whatever one may read of others: who knows what was noticed learns how not to be.
create policy a_session_reads_its_scope_but_not_itself on integrity.flag
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and subject_id is distinct from (select identity.session_user_id())
  and (
    (select identity.session_holds('attendance.read'))
    or unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  )
);

alter table integrity.flag_transition enable row level security;
alter table integrity.flag_transition force row level security;
create policy owner_reads_the_bound_tenant on integrity.flag_transition
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_appends_to_the_bound_tenant on integrity.flag_transition
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy a_session_reads_those_of_its_flags on integrity.flag_transition
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('capture_read'))
  and object_id in (select f.id from integrity.flag as f where f.tenant_id = (select identity.session_tenant('capture_read')))
);

commit;
