-- Deploy smartattend:tenancy/setting to pg
begin;
set local role smartattend_owner;

create table tenancy.setting (
  tenant_id uuid not null,
  day_starts_at interval not null default '4 hours',
  capture_opens_before interval not null default '1 hour',
  capture_closes_after interval not null default '4 hours',
  late_after interval not null default '5 minutes',
  repeat_within interval not null default '60 seconds',
  online_within interval not null default '5 seconds',
  open_for_at_most interval not null default '16 hours',
  constraint setting_pkey primary key (tenant_id),
  constraint setting_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint day_starts_within_the_day check (day_starts_at >= interval '0' and day_starts_at < interval '24 hours'),
  constraint capture_window_is_bounded check (
    capture_opens_before between interval '0' and interval '12 hours' and capture_closes_after between interval '0' and interval '12 hours'
  ),
  constraint late_after_is_bounded check (late_after between interval '0' and interval '12 hours'),
  constraint repeat_is_bounded check (repeat_within between interval '0' and interval '10 minutes'),
  constraint online_is_bounded check (online_within between interval '0' and interval '1 minute'),
  constraint open_is_bounded check (open_for_at_most between interval '1 hour' and interval '48 hours')
);
comment on table tenancy.setting is 'What a tenant may tune: one typed row, made with the tenant.';
comment on column tenancy.setting.day_starts_at is 'Local time at which a business date begins for unscheduled punches.';
comment on column tenancy.setting.repeat_within is 'A punch of the same direction within this span is the same punch.';
comment on column tenancy.setting.online_within is 'A claim that is this close to its receipt counts as made now: the server''s clock decides.';
comment on column tenancy.setting.open_for_at_most is 'A check-out later than this after the check-in does not close it.';

create function tenancy.make_setting()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into tenancy.setting (tenant_id) values (new.tenant_id);
  return null;
end $$;
comment on function tenancy.make_setting() is 'Every tenant has its settings from the first moment.';
create trigger tenant_500_make_setting
after insert on tenancy.tenant
for each row execute function tenancy.make_setting();

alter table tenancy.setting enable row level security;
alter table tenancy.setting force row level security;
create policy owner_reads_the_bound_tenant on tenancy.setting
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on tenancy.setting
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));
create policy owner_changes_the_bound_tenant on tenancy.setting
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('administration_write')))
with check (tenant_id = (select core.bound_tenant('administration_write')));

commit;
