-- Deploy smartattend:identity/is_administrator to pg
begin;
set local role smartattend_session;

create function identity.is_administrator(tenant_id uuid, user_id uuid)
returns boolean
language sql
stable
as $$
  select exists (
    select from identity.role_grant as g
    where g.tenant_id = is_administrator.tenant_id
      and g.user_id = is_administrator.user_id
      and g.role in ('school_admin', 'corporate_admin')
      and g.unit_id is null
      and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
      and g.starts_at <= core.clock() and g.ends_at > core.clock()
  )
$$;
comment on function identity.is_administrator(uuid, uuid) is 'Whether the person administers the whole tenant now.';

commit;
