-- Deploy smartattend:school/section to pg
begin;
set local role smartattend_owner;

create table school.section (
  tenant_id uuid not null,
  id uuid not null,
  site_id uuid not null,
  course_id uuid not null,
  term_id uuid not null,
  unit_kind text not null generated always as ('class_group') stored,
  created_at timestamptz not null default core.clock(),
  constraint section_pkey primary key (tenant_id, id),
  constraint section_is_a_class_group foreign key (tenant_id, id, site_id, unit_kind)
    references tenancy.unit (tenant_id, id, site_id, kind),
  constraint course_is_of_the_same_site foreign key (tenant_id, course_id, site_id)
    references school.course (tenant_id, id, site_id),
  constraint term_is_of_the_same_site foreign key (tenant_id, term_id, site_id)
    references school.term (tenant_id, id, site_id)
);
comment on table school.section is
  'A course taught to one class group in one term (Ed-Fi: Section). It is that unit: same id, so that roles and sessions of the unit are the section''s.';
create index section_course on school.section (tenant_id, course_id, site_id);
create index section_term on school.section (tenant_id, term_id, site_id);

commit;
