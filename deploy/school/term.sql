-- Deploy smartattend:school/term to pg
begin;
set local role smartattend_owner;

create table school.term (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  site_id uuid not null,
  code text not null,
  name text not null,
  starts_on date not null,
  ends_on date not null,
  created_at timestamptz not null default core.clock(),
  constraint term_pkey primary key (tenant_id, id),
  constraint term_code_is_unique_in_the_site unique (tenant_id, site_id, code),
  constraint site_is_referenced_with_the_term unique (tenant_id, id, site_id),
  constraint term_belongs_to_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint term_ends_after_it_starts check (ends_on > starts_on),
  constraint dates_are_finite check (isfinite(starts_on) and isfinite(ends_on))
);
comment on table school.term is 'A stretch of the school year at a site (Ed-Fi: Session). Its sections meet on days inside it only.';
comment on column school.term.ends_on is 'The first day after the term.';

commit;
