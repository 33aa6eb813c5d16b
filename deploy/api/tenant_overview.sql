-- Deploy smartattend:api/tenant_overview to pg
begin;
set local role smartattend_owner;

create function api.tenant_overview(token text default null)
returns table (
  tenant_id uuid,
  slug text,
  name text,
  platform text,
  state text,
  since timestamptz,
  state_reason text,
  holds jsonb,
  approvals jsonb,
  has_receipt boolean,
  window_ends timestamptz,
  retention_ends timestamptz
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(tenant_overview.token, 'tenant.audit');
  v_now timestamptz := core.clock();
  v_tenant_id uuid;
begin
  for v_tenant_id in select t.id from identity.tenants() as t (id) loop
    perform identity.bind_target(v_tenant_id);
    return query
    select
      t.tenant_id, t.slug, t.name, t.platform, t.state, s.recorded_at, t.state_reason,
      coalesce(
        (
          select jsonb_agg(jsonb_build_object('id', h.id, 'ticket', h.ticket, 'since', h.placed_at) order by h.placed_at)
          from tenancy.legal_hold as h
          where h.tenant_id = t.tenant_id and h.released_at is null
        ),
        '[]'
      ),
      coalesce(
        (
          select jsonb_agg(
            jsonb_build_object('via', m.via, 'to', m.to_state, 'approvals', cardinality(a.approvers), 'needed', m.approvals) order by m.via, m.to_state
          )
          from core.transition as m
          cross join lateral (select identity.approvers(t.tenant_id, s.id, m.via, m.to_state, v_now) as approvers) as a
          where m.machine = 'tenant' and m.from_state = t.state and m.approvals > 0 and a.approvers <> '{}'
        ),
        '[]'
      ),
      exists (select from tenancy.export_receipt as r where r.tenant_id = t.tenant_id and r.stay_id = s.id),
      case t.state when 'offboarding' then (s.recorded_at at time zone 'UTC' + g.export_window) at time zone 'UTC' end,
      case t.state when 'archived' then (s.recorded_at at time zone 'UTC' + g.retain_for) at time zone 'UTC' end
    from tenancy.tenant as t
    cross join lateral (select m.id, m.recorded_at from tenancy.stays(t.tenant_id) as m limit 1) as s
    left join tenancy.setting as g on g.tenant_id = t.tenant_id
    where t.tenant_id = v_tenant_id;
  end loop;
  perform identity.bind_target(null);
end $$;
comment on function api.tenant_overview(text) is
  'All tenants for people of the platform: state, since when and why; live legal holds; approvals under way; whether the export was received in this stay; until when an offboarding waits for that, and when the retention of an archived tenant ends. Platform session with tenant.audit. Errors SA001–SA006, SA104.';
grant execute on function api.tenant_overview(text) to smartattend_app, smartattend_operator;

commit;
