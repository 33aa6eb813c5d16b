-- Deploy smartattend:school/timetable to pg
begin;
set local role smartattend_owner;

create table school.timetable (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  unit_id uuid not null,
  kind text not null,
  weekday smallint not null,
  local_start time not null,
  local_end time not null,
  valid_from date not null,
  valid_until date,
  created_at timestamptz not null default core.clock(),
  constraint timetable_pkey primary key (tenant_id, id),
  constraint slot_is_unique_in_the_unit unique (tenant_id, unit_id, kind, weekday, local_start, valid_from),
  constraint timetable_belongs_to_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint kind_is_known check (kind in ('meeting', 'day', 'half_day')),
  constraint weekday_is_iso check (weekday between 1 and 7),
  constraint slot_ends_after_it_starts check (local_end > local_start),
  constraint slot_is_on_one_day check (local_end < '24:00'),
  constraint validity_ends_after_it_starts check (valid_until > valid_from),
  constraint dates_are_finite check (isfinite(valid_from) and isfinite(valid_until)),
  constraint slots_of_a_unit_do_not_overlap exclude using gist (
    tenant_id with =,
    unit_id with =,
    kind with =,
    weekday with =,
    daterange(valid_from, valid_until) with &&,
    int4range(extract(epoch from local_start)::integer, extract(epoch from local_end)::integer) with &&
  )
);
comment on table school.timetable is
  'When a unit meets, week by week, in the local time of its site: kind meeting for sections, day and half_day for classes or, on a site''s root unit, the whole school.';
comment on column school.timetable.weekday is 'ISO 8601: 1 is Monday, 7 is Sunday.';
comment on column school.timetable.valid_until is 'The first day on which it is no longer valid; null while it has no end.';

commit;
