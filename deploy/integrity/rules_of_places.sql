-- Deploy smartattend:integrity/rules_of_places to pg
begin;
set local role smartattend_owner;

create function integrity.f03(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.later,
    pg_catalog.jsonb_build_object(
      'from_key', (t.earlier).key, 'distance_m', pg_catalog.round(t.distance_m), 'seconds', pg_catalog.round(t.seconds)
    ),
    pg_catalog.jsonb_build_object('speed_km_h_at_most', n.speed)
  )
  from (
    select
      integrity.number('F03', 'speed') as speed,
      integrity.number('F03', 'distance') as distance_m,
      integrity.number('F03', 'unbounded_error') as unbounded
    offset 0
  ) as n
  cross join (
    select
      p.earlier,
      p.later,
      integrity.distance_m((p.earlier).latitude, (p.earlier).longitude, (p.later).latitude, (p.later).longitude) as distance_m,
      extract(epoch from (p.later).effective_at - (p.earlier).effective_at) as seconds
    from (
      -- The punch with a place before each new one, and the one after it: what arrives late may lie between two.
      select q.earlier, e as later
      from integrity.latest(f03.reach) as e
      cross join lateral (
        select s as earlier
        from integrity.scanned as s
        where s.tenant_id = e.tenant_id
          and s.subject_id = e.subject_id
          and s.effective_at between e.effective_at - interval '3 days' and e.effective_at
          and s.latitude is not null
          and s.key <> e.key
        order by s.effective_at desc
        limit 1
      ) as q
      where e.latitude is not null
      union all
      select e, q.later
      from integrity.latest(f03.reach) as e
      cross join lateral (
        select s as later
        from integrity.scanned as s
        where s.tenant_id = e.tenant_id
          and s.subject_id = e.subject_id
          and s.effective_at > e.effective_at
          and s.effective_at <= e.effective_at + interval '3 days'
          and s.latitude is not null
        order by s.effective_at
        limit 1
      ) as q
      where e.latitude is not null
    ) as p
  ) as t
  where t.distance_m > n.distance_m
    and t.distance_m - coalesce((t.earlier).accuracy_m, 0) - coalesce((t.later).accuracy_m, 0) > n.speed / 3.6 * (
      t.seconds
      + coalesce(extract(epoch from (t.earlier).error), n.unbounded)
      + coalesce(extract(epoch from (t.later).error), n.unbounded)
    )
$$;
comment on function integrity.f03(integrity.reach) is
  'F03: two punches of a person that follow each other, whose places are further apart, their accuracies taken off, than anybody travels in the time between and its errors. About the later one.';

create function integrity.f06(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e, pg_catalog.jsonb_build_object('address', pg_catalog.host(e.address)), pg_catalog.jsonb_build_object('networks', pg_catalog.to_jsonb(s.networks))
  )
  from integrity.latest(f06.reach) as e
  inner join tenancy.site as s on s.tenant_id = e.tenant_id and s.id = e.site_id
  where e.address is not null
    and s.networks <> '{}'
    and not exists (select from pg_catalog.unnest(s.networks) as n (network) where e.address <<= n.network)
$$;
comment on function integrity.f06(integrity.reach) is
  'F06: evidence.address, the address that the application''s server saw, is in none of the networks of the site (of the session, otherwise of the device). A site without networks has none to be outside of.';

create function integrity.f07(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e,
    pg_catalog.jsonb_build_object('distance_m', pg_catalog.round(t.distance_m), 'accuracy_m', (t.e).accuracy_m),
    pg_catalog.jsonb_build_object('radius_m', t.radius_m)
  )
  from (
    select e, s.radius_m, integrity.distance_m(s.latitude, s.longitude, e.latitude, e.longitude) as distance_m
    from integrity.latest(f07.reach) as e
    inner join tenancy.site as s on s.tenant_id = e.tenant_id and s.id = e.site_id
    where e.latitude is not null and s.radius_m is not null
  ) as t
  where t.distance_m - least(coalesce((t.e).accuracy_m, 0), (select integrity.number('F07', 'accuracy'))) > t.radius_m
$$;
comment on function integrity.f07(integrity.reach) is
  'F07: the place lies outside the geofence of the site by more than its accuracy, of which no more than a bounded part excuses.';

create function integrity.f08(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    e,
    case
      when e.is_mock then pg_catalog.jsonb_build_object('is_mock', true)
      else pg_catalog.jsonb_build_object('latitude', e.latitude, 'longitude', e.longitude, 'punches', n.punches)
    end,
    pg_catalog.jsonb_build_object('location', 'as the device measures it')
  )
  from integrity.latest(f08.reach) as e
  cross join (select integrity.number('F08', 'punches')::integer as punches) as n
  where e.is_mock
    or (
      e.device_kind = 'personal'
      and e.latitude is not null
      and n.punches = (
        select count(*) filter (where l.latitude = e.latitude and l.longitude = e.longitude)
        from (
          select s.latitude, s.longitude
          from integrity.scanned as s
          where s.tenant_id = e.tenant_id
            and s.device_id = e.device_id
            and s.effective_at <= e.effective_at
            and s.latitude is not null
          order by s.effective_at desc
          limit n.punches
        ) as l
      )
    )
$$;
comment on function integrity.f08(integrity.reach) is
  'F08: evidence.is_mock (or mock_location) is true, or the last punches of a personal device have one and the same place to the last digit, which no receiver measures.';

create function integrity.f31(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select integrity.on_event(
    t.e, pg_catalog.jsonb_build_object('method', (t.e).method), pg_catalog.jsonb_build_object('methods', t.methods)
  )
  from (
    select
      e,
      coalesce(
        (
          select integrity.parameter_value('F31', 'methods_by_site') -> s.code
          from tenancy.site as s
          where s.tenant_id = e.tenant_id and s.id = e.site_id
        ),
        integrity.parameter_value('F31', 'methods')
      ) as methods
    from integrity.latest(f31.reach) as e
    where e.method is not null
      and ((select integrity.parameter_value('F31', 'methods')) <> '[]' or (select integrity.parameter_value('F31', 'methods_by_site')) <> '{}')
  ) as t
  where t.methods <> '[]' and not t.methods ? (t.e).method
$$;
comment on function integrity.f31(integrity.reach) is
  'F31: the method of capture (evidence.method, otherwise the kind of the device) is none of those that the tenant allows, everywhere or at the site. No list allows all.';

commit;
