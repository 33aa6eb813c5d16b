-- Deploy smartattend:corporate/shift_template to pg
begin;
set local role smartattend_owner;

create table corporate.shift_template (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  unit_id uuid not null,
  code text not null,
  name text not null,
  kind text not null,
  local_start time not null,
  local_end time not null,
  end_day_offset smallint not null,
  created_at timestamptz not null default core.clock(),
  constraint shift_template_pkey primary key (tenant_id, id),
  constraint code_is_unique_in_the_unit unique (tenant_id, unit_id, code),
  constraint shift_belongs_to_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint kind_is_known check (kind in ('fixed', 'night')),
  constraint shift_ends_today_or_tomorrow check (end_day_offset in (0, 1)),
  constraint night_shift_ends_tomorrow check (kind <> 'night' or end_day_offset = 1),
  constraint shift_ends_after_it_starts check (end_day_offset = 1 or local_end > local_start),
  constraint shift_is_no_longer_than_a_day check (end_day_offset = 0 or local_end <= local_start),
  constraint shift_is_within_the_clock check (local_start < '24:00' and local_end < '24:00')
);
comment on table corporate.shift_template is
  'A shift in local time: start, end and whether the end is on the next day. Its true length on a date comes from the site''s zone: 22:00 to 07:00 lasts 8 hours over the change in March and 10 over the one in October.';
comment on column corporate.shift_template.end_day_offset is 'Days from the start''s date to the end''s: 0 or 1.';

commit;
