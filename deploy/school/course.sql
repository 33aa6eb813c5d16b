-- Deploy smartattend:school/course to pg
begin;
set local role smartattend_owner;

create table school.course (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  site_id uuid not null,
  code text not null,
  name text not null,
  created_at timestamptz not null default core.clock(),
  constraint course_pkey primary key (tenant_id, id),
  constraint course_code_is_unique_in_the_site unique (tenant_id, site_id, code),
  constraint site_is_referenced_with_the_course unique (tenant_id, id, site_id),
  constraint course_belongs_to_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name))
);
comment on table school.course is 'What is taught at a site, independent of when and to whom (Ed-Fi: Course, CourseOffering).';

commit;
