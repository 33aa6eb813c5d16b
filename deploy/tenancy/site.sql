-- Deploy smartattend:tenancy/site to pg
begin;
set local role smartattend_owner;

create table tenancy.site (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  code text not null,
  name text not null,
  time_zone text not null,
  latitude double precision,
  longitude double precision,
  radius_m double precision,
  networks cidr[] not null default '{}',
  created_at timestamptz not null default core.clock(),
  constraint site_pkey primary key (tenant_id, id),
  constraint code_is_unique_in_the_tenant unique (tenant_id, code),
  constraint site_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint time_zone_is_iana check (core.is_time_zone(time_zone)),
  constraint geofence_is_whole check (num_nulls(latitude, longitude, radius_m) in (0, 3)),
  constraint geofence_is_on_earth check (
    latitude >= -90 and latitude <= 90 and longitude between -180 and 180 and radius_m between 1 and 100000
  )
);
comment on table tenancy.site is 'A place with a time zone: a school building, a plant, an office. Its geofence and networks are optional.';
comment on column tenancy.site.radius_m is 'Metres.';

commit;
