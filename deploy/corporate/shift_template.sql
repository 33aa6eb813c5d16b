-- Deploy smartattend:corporate/shift_template to pg
begin;
set local role smartattend_owner;

create table corporate.shift_kind (
  kind text not null,
  is_required boolean not null,
  meaning text not null,
  constraint shift_kind_pkey primary key (kind)
);
comment on table corporate.shift_kind is 'The kinds of shifts, the same for all tenants; is_required: who does not come is absent.';
insert into corporate.shift_kind (kind, is_required, meaning) values
  ('fixed', true, 'from a start to an end'),
  ('night', true, 'from a start to an end on the next day'),
  ('split', true, 'two stretches on one date: one entry in the roster, two sessions, each with its own arrival and leaving'),
  ('flexible', true, 'a stated amount of work between the earliest arrival and the latest leaving; late is who comes after the latest start'),
  ('on_call', false, 'ready to be called: coming is recorded, nobody is late or absent, and nothing is planned');

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
  second_start time,
  second_end time,
  second_end_day_offset smallint,
  latest_start time,
  required interval,
  unpaid_break interval not null default '0',
  break_after interval not null default '0',
  created_at timestamptz not null default core.clock(),
  constraint shift_template_pkey primary key (tenant_id, id),
  constraint code_is_unique_in_the_unit unique (tenant_id, unit_id, code),
  constraint shift_belongs_to_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint kind_is_known foreign key (kind) references corporate.shift_kind (kind),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint shift_ends_today_or_tomorrow check (end_day_offset in (0, 1)),
  constraint night_shift_ends_tomorrow check (kind <> 'night' or end_day_offset = 1),
  constraint shift_ends_after_it_starts check (end_day_offset = 1 or local_end > local_start),
  constraint shift_is_no_longer_than_a_day check (end_day_offset = 0 or local_end <= local_start),
  constraint shift_is_within_the_clock check (
    local_start < '24:00' and local_end < '24:00' and second_start < '24:00' and second_end < '24:00' and latest_start < '24:00'
  ),
  constraint only_a_split_shift_has_a_second_part check (
    num_nulls(second_start, second_end, second_end_day_offset) = case when kind = 'split' then 0 else 3 end
  ),
  constraint the_second_part_follows_the_first check (end_day_offset = 0 and second_start > local_end or kind <> 'split'),
  constraint the_second_part_ends_within_a_day check (
    second_end_day_offset = 0 and second_end > second_start or second_end_day_offset = 1 and second_end <= local_start
  ),
  constraint only_a_flexible_shift_has_a_latest_start_and_required_work check (
    num_nulls(latest_start, required) = case when kind = 'flexible' then 0 else 2 end
  ),
  constraint the_latest_start_is_within_the_shift check (
    latest_start >= local_start and (end_day_offset = 1 or latest_start <= local_end)
  ),
  constraint the_required_work_fits check (
    required > interval '0' and required <= (local_end - local_start) + end_day_offset * interval '24 hours'
  ),
  constraint a_break_is_for_one_stretch_of_work check (
    unpaid_break >= interval '0' and unpaid_break <= interval '12 hours'
    and break_after between interval '0' and interval '24 hours'
    and (unpaid_break = interval '0' and break_after = interval '0' or kind not in ('split', 'on_call'))
  )
);
comment on table corporate.shift_template is
  'A shift in local time: start, end and whether the end is on the next day. Its true length on a date comes from the site''s zone: 22:00 to 07:00 lasts 8 hours over the change in March and 10 over the one in October.';
comment on column corporate.shift_template.end_day_offset is 'Days from the start''s date to the end''s: 0 or 1.';
comment on column corporate.shift_template.second_start is 'Split shifts: the second part begins on the date of the first; second_end_day_offset counts from that date, too.';
comment on column corporate.shift_template.latest_start is 'Flexible shifts: the core begins, on the date of the start; lateness counts from here alone.';
comment on column corporate.shift_template.required is 'Flexible shifts: work that is planned, without breaks.';
comment on column corporate.shift_template.unpaid_break is
  'Deducted from the presence beyond break_after, never more than there is: 30 minutes after 6 hours take 10 minutes from 6:10 and 30 from 8:00.';

create table corporate.shift_instance (
  tenant_id uuid not null,
  session_id uuid not null,
  template_id uuid not null,
  business_date date not null,
  kind text not null,
  planned interval not null,
  unpaid_break interval not null,
  break_after interval not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint shift_instance_pkey primary key (tenant_id, session_id),
  constraint instance_is_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint instance_is_of_a_shift foreign key (tenant_id, template_id) references corporate.shift_template (tenant_id, id),
  constraint kind_is_known foreign key (kind) references corporate.shift_kind (kind),
  constraint work_is_planned check (planned between interval '0' and interval '26 hours')
);
comment on table corporate.shift_instance is
  'What a template said when the session was made, append-only: a template that changes leaves what was planned, and what was worked under it, as it was.';
comment on column corporate.shift_instance.planned is 'Work that is planned: the true length without the break, the required work of a flexible shift, nothing on call.';
create index shift_instance_business_date on corporate.shift_instance (tenant_id, business_date);

create function corporate.paid(present interval, unpaid_break interval, break_after interval)
returns interval
language sql
immutable
as $$
  select paid.present - least(paid.unpaid_break, greatest(paid.present - paid.break_after, interval '0'))
$$;
comment on function corporate.paid(interval, interval, interval) is
  'What counts of a presence: without the unpaid break, which is taken from what exceeds break_after. Null for an unknown presence.';

create function corporate.elapsed(from_instant timestamptz, to_instant timestamptz)
returns interval
language sql
immutable
as $$ select extract(epoch from elapsed.to_instant - elapsed.from_instant)::double precision * interval '1 second' $$;
comment on function corporate.elapsed(timestamptz, timestamptz) is
  'The duration between two instants in hours, minutes and seconds; a difference of timestamptz would say days, which some arithmetic takes for calendar days.';

create function corporate.shift_fault(entry jsonb, kind text, end_days smallint, second_days smallint)
returns jsonb
language sql
stable
as $$
  select case
    when shift_fault.kind = 'split' and x.second_start is null then core.fault('SA012', 'second_start', null, 'a local time: the shift is split')
    when shift_fault.kind = 'split' and x.second_end is null then core.fault('SA012', 'second_end', null, 'a local time: the shift is split')
    when shift_fault.kind <> 'split' and x.second_start is not null
    then core.fault('SA010', 'second_start', x.second_start::text, 'nothing, since the shift is not split')
    when shift_fault.kind <> 'split' and x.second_end is not null
    then core.fault('SA010', 'second_end', x.second_end::text, 'nothing, since the shift is not split')
    when shift_fault.kind = 'split' and shift_fault.end_days = 1
    then core.fault('SA010', 'end_day_offset', '1', '0: the first part ends before the second, which starts on the same date')
    when shift_fault.kind = 'split' and x.second_start <= x.local_end
    then core.fault('SA010', 'second_start', x.second_start::text, 'a time after local_end')
    when shift_fault.second_days = 1 and x.second_end > x.local_start
    then core.fault('SA010', 'second_end', x.second_end::text, 'at most local_start of the next day')
    when shift_fault.kind = 'flexible' and x.latest_start is null
    then core.fault('SA012', 'latest_start', null, 'a local time: the shift is flexible')
    when shift_fault.kind = 'flexible' and x.required_minutes is null
    then core.fault('SA012', 'required_minutes', null, 'minutes of work: the shift is flexible')
    when shift_fault.kind <> 'flexible' and x.latest_start is not null
    then core.fault('SA010', 'latest_start', x.latest_start::text, 'nothing, since the shift is not flexible')
    when shift_fault.kind <> 'flexible' and x.required_minutes is not null
    then core.fault('SA010', 'required_minutes', x.required_minutes::text, 'nothing, since the shift is not flexible')
    when x.latest_start < x.local_start or shift_fault.end_days = 0 and x.latest_start > x.local_end
    then core.fault('SA010', 'latest_start', x.latest_start::text, 'a time from local_start to local_end, on the date of the start')
    when pg_catalog.make_interval(mins => x.required_minutes) > x.local_end - x.local_start + shift_fault.end_days * interval '24 hours'
    then core.fault('SA010', 'required_minutes', x.required_minutes::text, 'at most the time from local_start to local_end')
    when shift_fault.kind in ('split', 'on_call') and x.break_minutes > 0
    then core.fault('SA010', 'break_minutes', x.break_minutes::text, 'nothing: a split shift has its break between its parts, and on call nothing is planned')
    when shift_fault.kind in ('split', 'on_call') and x.break_after_minutes > 0
    then core.fault('SA010', 'break_after_minutes', x.break_after_minutes::text, 'nothing, since this kind of shift has no break')
  end
  from pg_catalog.jsonb_to_record(shift_fault.entry) as x (
    local_start time, local_end time, second_start time, second_end time, latest_start time, required_minutes integer, break_minutes integer,
    break_after_minutes integer
  )
$$;
comment on function corporate.shift_fault(jsonb, text, smallint, smallint) is
  'What is wrong with an entry of a shift template for its kind, beyond its hours (SA010, SA012), or null: the constraints of the table, in words.';

commit;
