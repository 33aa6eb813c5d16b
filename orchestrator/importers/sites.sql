-- The sites of the tenant as entries of api.put_sites: what a file does not say stays as it is.
select
  s.code,
  jsonb_strip_nulls(
    jsonb_build_object(
      'code', s.code, 'name', s.name, 'time_zone', s.time_zone, 'latitude', s.latitude, 'longitude', s.longitude,
      'radius_m', s.radius_m, 'networks', to_jsonb(s.networks::text[])
    )
  ) as entry
from api.site as s
