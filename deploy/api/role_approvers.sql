-- Deploy smartattend:api/role_approvers to pg
begin;
set local role smartattend_owner;

create function api.role_approvers(request_id uuid, token text default null)
returns table (user_id uuid, display_name text, has_decided boolean)
language plpgsql
volatile
security definer
rows 10
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(role_approvers.token);
  v_request access.role_request;
  v_permission text;
  v_now timestamptz := core.clock();
begin
  select q.* into v_request
  from access.role_request as q
  where q.tenant_id = v_actor.tenant_id and q.id = role_approvers.request_id;
  if v_request.id is null or (
    v_actor.user_id is distinct from v_request.beneficiary_id
    and v_actor.user_id is distinct from v_request.requested_by
    and not identity.holds('role.grant', v_request.unit_id)
  ) then
    perform core.fail('SA011', 'request_id ' || coalesce(role_approvers.request_id::text, 'null'), 'a role request that this session may read');
  end if;
  select r.approver_permission into v_permission from access.role_rule as r where r.role = v_request.role;
  return query
  select m.user_id, m.display_name, exists (
    select from access.role_approval as a where a.tenant_id = v_request.tenant_id and a.request_id = v_request.id and a.approver_id = m.user_id
  )
  from identity.membership as m
  where m.tenant_id = v_request.tenant_id
    and m.user_id = any (
      -- Few hold the permission: they are found by their roles first, then asked one by one.
      array(
        select distinct g.user_id
        from identity.role_grant as g
        inner join identity.role_permission as p on p.role = g.role and p.permission = v_permission
        where g.tenant_id = v_request.tenant_id and coalesce(g.revoked_at, 'infinity') > v_now and g.ends_at > v_now
      )
    )
    and m.active_from <= v_now
    and coalesce(m.active_until, 'infinity') > v_now
    and m.user_id <> v_request.beneficiary_id
    and m.user_id is distinct from v_request.requested_by
    and access.approving_grant(m.user_id, v_permission, v_request.unit_id, v_request.beneficiary_id, v_now) is not null
    and access.holds_every_permission_of(m.user_id, v_request.role, v_request.unit_id, v_now)
  order by m.display_name, m.user_id;
end $$;
comment on function api.role_approvers(uuid, text) is
  'Who may approve a role request now: for its beneficiary, its requester and whoever holds role.grant in its scope. Errors SA001–SA006, SA011.';
grant execute on function api.role_approvers(uuid, text) to smartattend_app;

commit;
