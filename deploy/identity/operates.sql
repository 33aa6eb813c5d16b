-- Deploy smartattend:identity/operates to pg
begin;
set local role smartattend_session;

create function identity.operates(user_id uuid, permission text, now timestamptz)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from identity.platform_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where g.user_id = operates.user_id
      and p.permission = operates.permission
      and g.revoked_at is null
      and g.starts_at <= operates.now and g.ends_at > operates.now
  )
$$;
comment on function identity.operates(uuid, text, timestamptz) is
  'Whether a person holds a permission of the platform at an instant: an approval counts only while its approver does.';

create function identity.tenants()
returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select t.tenant_id from tenancy.tenant as t where (core.actor()).kind = 'platform' order by t.slug $$;
comment on function identity.tenants() is
  'All tenants, for a platform procedure that looks at one after the other, binding each; none when no platform session is bound.';
grant execute on function identity.operates(uuid, text, timestamptz), identity.tenants() to smartattend_owner;

commit;
