-- Deploy smartattend:school/enrolment to pg
begin;
set local role smartattend_owner;

create table school.enrolment (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  unit_id uuid not null,
  subject_id uuid not null,
  starts_on date not null,
  ends_on date,
  created_at timestamptz not null default core.clock(),
  constraint enrolment_pkey primary key (tenant_id, id),
  constraint enrolment_is_unique_by_its_start unique (tenant_id, unit_id, subject_id, starts_on),
  constraint enrolment_is_in_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint enrolment_is_of_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint enrolment_ends_after_it_starts check (ends_on > starts_on),
  constraint dates_are_finite check (isfinite(starts_on) and isfinite(ends_on)),
  constraint enrolments_do_not_overlap exclude using gist (
    tenant_id with =,
    unit_id with =,
    subject_id with =,
    daterange(starts_on, ends_on) with &&
  )
);
comment on table school.enrolment is
  'Who belongs to a unit and when (Ed-Fi: StudentSectionAssociation; on a site''s root unit StudentSchoolAssociation). Who is enrolled on the day is expected in the unit''s sessions.';
comment on column school.enrolment.ends_on is 'The first day on which the person no longer belongs; null while it has no end.';
create index enrolment_subject on school.enrolment (tenant_id, subject_id);

commit;
