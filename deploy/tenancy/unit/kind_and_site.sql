-- Deploy smartattend:tenancy/unit/kind_and_site to pg
begin;
set local role smartattend_owner;

alter table tenancy.unit add constraint kind_and_site_are_referenced unique (tenant_id, id, site_id, kind);
comment on constraint kind_and_site_are_referenced on tenancy.unit is
  'So that a foreign key can demand a unit of a kind and a site: a school section is a class group of the site of its course and term.';

commit;
