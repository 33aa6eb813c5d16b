-- Deploy smartattend:api/put_sites to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, lowest, highest, meaning) values
  ('site', 'code', 1, 'code', true, true, null, null, 'unique in the tenant'),
  ('site', 'name', 2, 'name', false, true, null, null, 'what people call the place'),
  ('site', 'time_zone', 3, 'zone', false, true, null, null, 'the zone of its local times'),
  ('site', 'latitude', 4, 'number', false, false, -90, 90, 'of the geofence''s centre, in degrees'),
  ('site', 'longitude', 5, 'number', false, false, -180, 180, 'of the geofence''s centre, in degrees'),
  ('site', 'radius_m', 6, 'number', false, false, 1, 100000, 'of the geofence, in metres; all three or none'),
  ('site', 'networks', 7, 'networks', false, false, null, null, 'the networks that its devices are seen from');

create function api.put_sites(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_sites.token);
  v_barred jsonb := identity.begin_put('administration_write', 'site.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when num_nulls(x.latitude, x.longitude, x.radius_m) in (1, 2)
          then core.fault('SA012', 'radius_m', 'part of a geofence', 'latitude, longitude and radius_m together, or none of them')
        end
      ) as fault,
      (s.name, s.time_zone, s.latitude, s.longitude, s.radius_m, s.networks)
      is not distinct from
      (x.name, x.time_zone, x.latitude, x.longitude, x.radius_m, coalesce(x.networks, '{}')) as is_same
    from core.read_entries('site', put_sites.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      code text, name text, time_zone text, latitude double precision, longitude double precision, radius_m double precision,
      networks cidr[]
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.code
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), written as (
    insert into tenancy.site (tenant_id, id, code, name, time_zone, latitude, longitude, radius_m, networks)
    select v_actor.tenant_id, j.id, j.code, j.name, j.time_zone, j.latitude, j.longitude, j.radius_m, coalesce(j.networks, '{}')
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint site_pkey do update set
      name = excluded.name,
      time_zone = excluded.time_zone,
      latitude = excluded.latitude,
      longitude = excluded.longitude,
      radius_m = excluded.radius_m,
      networks = excluded.networks
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  -- The root unit is called what its site is called.
  update tenancy.unit as u
  set name = s.name
  from tenancy.site as s
  where s.tenant_id = v_actor.tenant_id
    and u.tenant_id = s.tenant_id
    and u.site_id = s.id
    and u.kind = 'site'
    and u.name <> s.name;

  return query
  select o.* from identity.finish_put('put_sites', v_outcomes) as o;
end $$;
comment on function api.put_sites(jsonb, text) is
  'Adds or changes sites; the format of the entries is core.entry_field''s ''site'', the natural key the code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA012, SA014, SA104, SA107, SA112). Permission site.manage for the whole tenant. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_sites(jsonb, text) to smartattend_app;

commit;
