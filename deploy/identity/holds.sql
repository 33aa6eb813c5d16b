-- Deploy smartattend:identity/holds to pg
begin;
set local role smartattend_owner;

create function identity.holds(permission text, unit_id uuid default null)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_now timestamptz := core.clock();
  v_ancestors uuid[] := array[]::uuid[];
begin
  if holds.unit_id is not null then
    select u.ancestors into v_ancestors
    from tenancy.unit as u
    where u.tenant_id = v_actor.tenant_id and u.id = holds.unit_id;
  end if;
  if v_actor.kind = 'device' then
    return (holds.unit_id is null or v_actor.unit_id = any (v_ancestors))
      and exists (select from identity.role_permission as p where p.role = 'device' and p.permission = holds.permission);
  end if;
  -- What the platform may do in a member's name, and where; and what behind broken glass. Here, and nowhere else.
  if v_actor.kind in ('impersonation', 'break_glass') then
    if not exists (
      select from identity.permission as p
      where p.permission = holds.permission
        and case v_actor.kind when 'break_glass' then p.under_break_glass else p.under_impersonation end
    ) then
      return false;
    elsif v_actor.kind = 'break_glass' then
      return true;
    elsif v_actor.unit_id is not null and (v_actor.unit_id = any (v_ancestors)) is not true then
      return false;
    end if;
  end if;
  return exists (
    select from identity.role_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where g.tenant_id = v_actor.tenant_id
      and g.user_id = v_actor.user_id
      and g.starts_at <= v_now
      and g.ends_at > v_now
      and coalesce(g.revoked_at, 'infinity') > v_now -- not "is null", which would choose the index of the exclusion constraint
      and (g.unit_id is null or g.unit_id = any (v_ancestors))
      and p.permission = holds.permission
  );
end $$;
comment on function identity.holds(text, uuid) is
  'Whether the bound actor holds a permission for a unit: by a live grant for the whole tenant, for the unit or for one above it. Without a unit only a grant for the whole tenant counts (a device: any place within its unit). While the platform impersonates a member, it is what the member holds, less what governs, within the scope of the impersonation; behind broken glass what identity.permission says.';

create function identity.require(permission text, unit_id uuid default null)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not identity.holds(require.permission, require.unit_id) then
    perform core.fail('SA104', 'a session without ' || require.permission, require.permission || ' in this scope');
  end if;
end $$;
comment on function identity.require(text, uuid) is 'Raises SA104 when the bound actor does not hold the permission in this scope.';

commit;
