-- Deploy smartattend:attendance/expectation to pg
begin;
set local role smartattend_owner;

create table attendance.expectation (
  tenant_id uuid not null,
  subject_id uuid not null,
  session_id uuid not null,
  source text not null,
  unit_id uuid not null,
  business_date date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  late_after timestamptz not null,
  withdrawn_at timestamptz,
  is_required boolean not null default true,
  constraint expectation_pkey primary key (tenant_id, session_id, subject_id),
  constraint expectation_is_for_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint expectation_is_of_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint source_is_known check (source in ('timetable', 'shift', 'leave', 'future_absence', 'manual')),
  constraint the_window_lasts_at_most_48_hours check (closes_at - opens_at <= interval '48 hours')
);
comment on table attendance.expectation is
  'Who should be where. The session''s times are copied, so that a check-in finds its session by one index and no join: windows last at most 48 hours, which bounds the search.';
comment on column attendance.expectation.is_required is 'False for who is on call: a check-in matches, but who does not come is not absent, and no register waits for a mark.';
create index expectation_subject_opens_at on attendance.expectation (tenant_id, subject_id, opens_at);

commit;
