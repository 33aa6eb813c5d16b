-- Deploy smartattend:report/platform_health to pg
begin;
set local role smartattend_refresher;

create function report.platform_health()
returns table (tile text, value numeric, as_of timestamptz, detail jsonb)
language plpgsql
stable
security definer
rows 2
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A restored database has none until it is refreshed.
  if not (select c.relispopulated from pg_class as c where c.oid = 'report_data.tenant_health'::regclass) then
    return;
  end if;
  return query
  select
    v.tile, case when f.as_of is not null then v.value end, f.as_of, v.detail
  from (
    select
      count(*) as tenants, coalesce(sum(r.devices), 0) as devices, coalesce(sum(r.distrusted_clocks), 0) as distrusted,
      coalesce(sum(r.open_flags), 0) as flags, coalesce(sum(r.blocking_flags), 0) as blocking, count(*) filter (where r.open_flags > 0) as flagged,
      count(*) filter (where r.distrusted_clocks > 0) as with_distrusted
    from report_data.tenant_health as r
  ) as s
  cross join lateral (
    values
      ('flags_open', s.flags::numeric, jsonb_build_object('blocking', s.blocking, 'tenants', s.flagged)),
      ('clocks_distrusted', s.distrusted::numeric, jsonb_build_object('devices', s.devices, 'tenants', s.with_distrusted))
  ) as v (tile, value, detail)
  cross join report.freshness as f
  where f.view = 'tenant_health';
end $$;
comment on function report.platform_health() is
  'Sums over all tenants of the report tenant_health, and of when they are: open flags, clocks that are not trusted. Numbers, and nobody''s name. Null values before the first refresh. For the owner''s dashboard.';
grant execute on function report.platform_health() to smartattend_owner;

commit;
