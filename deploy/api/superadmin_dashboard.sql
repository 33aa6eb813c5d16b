-- Deploy smartattend:api/superadmin_dashboard to pg
begin;
set local role smartattend_owner;

create function api.superadmin_dashboard(token text default null)
returns table (tile text, value numeric, as_of timestamptz, detail jsonb, state text)
language plpgsql
volatile
security definer
rows 30
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(superadmin_dashboard.token, 'tenant.audit');
  v_now timestamptz := core.clock();
begin
  return query
  select t.tile, t.value, t.as_of, t.detail, ops.judge_tile(t.tile, t.value, t.detail, v_now)
  from (
    select f.tile, f.value, v_now as as_of, f.detail from identity.platform_figures() as f
    union all
    select w.tile, w.value, v_now, w.detail from ledger.watch() as w
    union all
    select o.tile, o.value, o.as_of, o.detail from ops.platform_figures(v_now) as o
  ) as t;
end $$;
comment on function api.superadmin_dashboard(text) is
  'The platform at a glance, one row a tile: tenants by state, live platform sessions, impersonations and broken glass, what awaits review, actions and refusals of 24 hours, who holds platform roles, the age of the last seal and of the last self-test in seconds, whether the guard is armed and what it finds; open incidents by severity and how many are late, of the platform and of tenants; services and tenants that are not well, stale reports, jobs that are late or fail, deliveries that wait or were given up, the last simulation; and of the report tenant_health flags and clocks. as_of says of when: now, or of the report''s refresh. state: well, attention or broken. None costs more with more attendance. Platform session with tenant.audit. Errors SA001–SA006, SA104.';
grant execute on function api.superadmin_dashboard(text) to smartattend_app, smartattend_operator;

commit;
