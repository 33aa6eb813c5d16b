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
  clock_healthy_within interval not null default '2 seconds',
  clock_warning_within interval not null default '30 seconds',
  clock_critical_within interval not null default '5 minutes',
  clock_step_over interval not null default '60 seconds',
  clock_drift_ppm integer not null default 15,
  clock_sample_expires_after interval not null default '24 hours',
  clock_good_samples integer not null default 3,
  queue_age_at_most interval not null default '72 hours',
  absence_after interval not null default '2 hours',
  watermark_waits_at_most interval not null default '72 hours',
  correction_window_of_the_subject interval not null default '7 days',
  correction_window_of_a_manager interval not null default '30 days',
  correction_expires_after interval not null default '14 days',
  rest_at_least interval not null default '11 hours',
  register_closes_after interval not null default '7 days',
  worked_weekly_at_most interval not null default '40 hours',
  retain_for interval not null default '7 years',
  export_window interval not null default '30 days',
  closed_until timestamptz,
  constraint setting_pkey primary key (tenant_id),
  constraint setting_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint day_starts_within_the_day check (day_starts_at >= interval '0' and day_starts_at < interval '24 hours'),
  constraint capture_window_is_bounded check (
    capture_opens_before >= interval '0' and capture_opens_before <= interval '12 hours'
    and capture_closes_after between interval '0' and interval '12 hours'
  ),
  constraint late_after_is_bounded check (late_after between interval '0' and interval '12 hours'),
  constraint repeat_is_bounded check (repeat_within between interval '0' and interval '10 minutes'),
  constraint online_is_bounded check (online_within between interval '0' and interval '1 minute'),
  constraint open_is_bounded check (open_for_at_most between interval '1 hour' and interval '48 hours'),
  constraint clock_thresholds_rise check (
    interval '0' < clock_healthy_within and clock_healthy_within < clock_warning_within and clock_warning_within < clock_critical_within
    and clock_critical_within <= interval '1 hour'
  ),
  constraint clock_step_is_bounded check (clock_step_over between interval '1 second' and interval '1 hour'),
  constraint clock_drift_is_bounded check (clock_drift_ppm between 1 and 1000),
  constraint clock_samples_expire check (clock_sample_expires_after between interval '1 minute' and interval '30 days'),
  constraint clock_recovers_by_samples check (clock_good_samples between 1 and 100),
  constraint queue_age_is_bounded check (queue_age_at_most between interval '1 minute' and interval '3660 days'),
  constraint absence_waits_a_bounded_time check (
    absence_after >= interval '0' and absence_after <= interval '7 days' and watermark_waits_at_most between interval '0' and interval '30 days'
  ),
  constraint correction_windows_are_bounded check (
    correction_window_of_the_subject >= interval '0' and correction_window_of_the_subject <= interval '365 days'
    and correction_window_of_a_manager between interval '0' and interval '365 days'
    and correction_expires_after between interval '1 hour' and interval '365 days'
  ),
  constraint registers_close_in_time check (register_closes_after between interval '0' and interval '365 days'),
  constraint rest_is_bounded check (rest_at_least between interval '0' and interval '48 hours'),
  constraint week_is_bounded check (worked_weekly_at_most between interval '1 hour' and interval '168 hours'),
  -- Without negative parts: '-100 years 36530 days' compares as more than a year, and is five days.
  constraint retention_is_30_days_to_100_years check (
    retain_for >= interval '30 days' and retain_for <= interval '100 years'
    and least(
      date_part('year', retain_for), date_part('month', retain_for), date_part('day', retain_for), date_part('hour', retain_for),
      date_part('minute', retain_for), date_part('second', retain_for)
    ) >= 0
  ),
  constraint export_window_is_a_day_to_a_year check (
    export_window >= interval '1 day' and export_window <= interval '366 days'
    and least(
      date_part('year', export_window), date_part('month', export_window), date_part('day', export_window), date_part('hour', export_window),
      date_part('minute', export_window), date_part('second', export_window)
    ) >= 0
  )
);
comment on table tenancy.setting is 'What a tenant may tune: one typed row, made with the tenant.';
comment on column tenancy.setting.day_starts_at is 'Local time at which a business date begins for unscheduled punches.';
comment on column tenancy.setting.repeat_within is 'A punch of the same direction within this span is the same punch.';
comment on column tenancy.setting.online_within is 'A claim that is this close to its receipt counts as made now: the server''s clock decides.';
comment on column tenancy.setting.open_for_at_most is 'A check-out later than this after the check-in does not close it.';
comment on column tenancy.setting.clock_drift_ppm is 'How much the error of a measured offset grows with its age, in microseconds a second (RFC 5905 takes 15).';
comment on column tenancy.setting.clock_good_samples is 'Good samples in a row that let a device''s clock rise by one level.';
comment on column tenancy.setting.queue_age_at_most is 'A punch that waited longer in a device''s queue is flagged (F12).';
comment on column tenancy.setting.absence_after is 'Grace after the end of a session before an absence is found, when no register was submitted.';
comment on column tenancy.setting.watermark_waits_at_most is 'A device that is silent for longer no longer holds up absences; its late punches re-open them.';
comment on column tenancy.setting.closed_until is 'Until when periods may be closing or closed (null: none is), kept by the periods'' own trigger: a hint that lets a check-in of today skip the question; the trigger of the record judges.';
comment on column tenancy.setting.register_closes_after is 'How long after its submission a register can be reopened; then the system closes it.';
comment on column tenancy.setting.rest_at_least is 'Less rest between two presences is flagged (F24).';
comment on column tenancy.setting.worked_weekly_at_most is 'Work of an ISO week beyond this is overtime.';
comment on column tenancy.setting.retain_for is 'How long an archived tenant is kept before it may be purged.';
comment on column tenancy.setting.export_window is 'How long an offboarding tenant waits for a receipt of its export before it may be archived without one.';

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
