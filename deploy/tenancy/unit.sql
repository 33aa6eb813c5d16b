-- Deploy smartattend:tenancy/unit to pg
begin;
set local role smartattend_owner;

create table tenancy.unit (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  site_id uuid not null,
  parent_id uuid,
  kind text not null,
  code text not null,
  name text not null,
  ancestors uuid[] not null default '{}',
  created_at timestamptz not null default core.clock(),
  constraint unit_pkey primary key (tenant_id, id),
  constraint code_is_unique_in_the_site unique (tenant_id, site_id, code),
  constraint unit_belongs_to_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint unit_has_a_parent foreign key (tenant_id, parent_id) references tenancy.unit (tenant_id, id),
  constraint only_the_site_has_no_parent check ((parent_id is null) = (kind = 'site')),
  constraint unit_is_not_its_own_parent check (parent_id <> id),
  constraint kind_is_known check (kind in ('site', 'department', 'year_group', 'class_group')),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name))
);
comment on table tenancy.unit is
  'The tree inside a site: its root (kind site, made with it), departments, year groups, class groups. A role is granted for a unit and everything beneath it.';
comment on column tenancy.unit.ancestors is 'The unit itself and all above it; a scope check is one comparison.';
create unique index a_site_has_one_root on tenancy.unit (tenant_id, site_id) where kind = 'site';
create index unit_parent on tenancy.unit (tenant_id, parent_id);

create function tenancy.derive_ancestors()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' and (new.parent_id is distinct from old.parent_id or new.site_id <> old.site_id or new.id <> old.id) then
    perform core.fail('SA020', 'another parent or site for a unit', 'a new unit: scopes of granted roles do not move');
  end if;
  new.ancestors := array[new.id] || coalesce(
    (
      select u.ancestors
      from tenancy.unit as u
      where u.tenant_id = new.tenant_id and u.id = new.parent_id and u.site_id = new.site_id
    ),
    '{}'
  );
  if new.parent_id is not null and cardinality(new.ancestors) < 2 then
    perform core.fail('SA011', new.parent_id::text, 'a parent unit of the same site');
  end if;
  return new;
end $$;
comment on function tenancy.derive_ancestors() is 'Fills unit.ancestors from the parent, which has to be in the same site; a unit does not move.';
create trigger unit_500_derive_ancestors
before insert or update on tenancy.unit
for each row execute function tenancy.derive_ancestors();

create function tenancy.make_root_unit()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into tenancy.unit (tenant_id, site_id, kind, code, name)
  values (new.tenant_id, new.id, 'site', new.code, new.name);
  return null;
end $$;
comment on function tenancy.make_root_unit() is 'Every site has its root unit from the first moment.';
create trigger site_500_make_root_unit
after insert on tenancy.site
for each row execute function tenancy.make_root_unit();

commit;
