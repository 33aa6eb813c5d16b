-- Deploy smartattend:tenancy/platform to pg
begin;
set local role smartattend_owner;

create table tenancy.platform (
  platform text not null,
  meaning text not null,
  constraint platform_pkey primary key (platform)
);
comment on table tenancy.platform is 'The platforms of one core: school and corporate.';
insert into tenancy.platform (platform, meaning) values
  ('school', 'Courses, sections, timetables and enrolments make the sessions; registers are taken.'),
  ('corporate', 'Shift templates and rosters make the sessions; people check in and out.');

commit;
