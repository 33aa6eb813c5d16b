-- Deploy smartattend:attendance/session to pg
begin;
set local role smartattend_owner;

create table attendance.session (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  site_id uuid not null,
  unit_id uuid not null,
  kind text not null,
  source text not null,
  source_id uuid,
  name text not null,
  business_date date not null,
  time_zone text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  late_after timestamptz not null,
  cancelled_at timestamptz,
  cancelled_via text,
  moved_from_id uuid,
  room text,
  shift_id uuid generated always as (case when source = 'shift' then source_id end) stored,
  constraint session_pkey primary key (tenant_id, id),
  constraint session_belongs_to_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint session_belongs_to_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint it_was_moved_from_a_session foreign key (tenant_id, moved_from_id) references attendance.session (tenant_id, id),
  constraint a_cancellation_says_by_whom check ((cancelled_at is null) = (cancelled_via is null)),
  constraint cancelled_via_is_known check (cancelled_via in ('plan', 'office')),
  constraint kind_is_known check (kind in ('day', 'half_day', 'meeting', 'shift')),
  constraint source_is_known check (source in ('timetable', 'shift', 'manual', 'import')),
  constraint it_ends_after_it_starts check (ends_at > starts_at),
  constraint the_window_holds_the_session check (opens_at <= starts_at and closes_at >= ends_at),
  constraint the_window_lasts_at_most_48_hours check (closes_at - opens_at <= interval '48 hours'),
  constraint late_is_after_the_start check (late_after >= starts_at),
  constraint the_business_date_is_near_the_start check (abs(business_date - (starts_at at time zone 'UTC')::date) <= 2),
  constraint room_is_readable check (core.is_name(room)),
  constraint name_is_readable check (core.is_name(name))
);
comment on table attendance.session is 'What attendance is taken for: a school day, a class meeting, a shift instance. Instants, with the zone they were planned in.';
comment on column attendance.session.opens_at is 'Check-ins from here to closes_at match this session.';
comment on column attendance.session.business_date is 'The local date on which the session starts.';
comment on column attendance.session.shift_id is 'The shift template that it is an instance of: two shifts of a unit that start together are two sessions.';
comment on column attendance.session.cancelled_via is 'plan: the timetable or roster has it no longer, and makes it anew when it has it again; office: it was cancelled by hand and stays so.';
comment on column attendance.session.moved_from_id is 'The cancelled session that this one stands for, when it was moved.';
create unique index session_is_unique_by_unit_kind_and_start on attendance.session (tenant_id, unit_id, kind, starts_at, shift_id) nulls not distinct
where cancelled_at is null;
create index session_business_date on attendance.session (tenant_id, business_date, unit_id);

commit;
