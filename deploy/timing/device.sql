-- Deploy smartattend:timing/device to pg
begin;
set local role smartattend_owner;

create table timing.device (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  site_id uuid not null,
  code text not null,
  name text not null,
  kind text not null,
  registered_at timestamptz not null default core.clock(),
  retired_at timestamptz,
  constraint device_pkey primary key (tenant_id, id),
  constraint code_is_unique_in_the_tenant unique (tenant_id, code),
  constraint device_belongs_to_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint kind_is_known check (kind in ('kiosk', 'gate', 'personal', 'server')),
  constraint it_retires_after_it_is_registered check (retired_at >= registered_at)
);
comment on table timing.device is 'What claims come from. A device has a clock of its own, which is not believed.';
create index device_site on timing.device (tenant_id, site_id);

create trigger device_100_kept
before delete on timing.device
for each row execute function core.refuse_change('kept');
create trigger device_100_no_truncate
before truncate on timing.device
for each statement execute function core.refuse_change('kept');
alter table timing.device enable always trigger device_100_kept;
alter table timing.device enable always trigger device_100_no_truncate;

alter table timing.device enable row level security;
alter table timing.device force row level security;
create policy owner_reads_the_bound_tenant on timing.device
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_read')));
create policy owner_adds_to_the_bound_tenant on timing.device
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy owner_changes_the_bound_tenant on timing.device
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));
create policy a_session_reads_its_scope on timing.device
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('member.read'))
);
grant select on timing.device to smartattend_app;

commit;
