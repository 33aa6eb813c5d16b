-- Deploy smartattend:identity/role_grant/last_administrator to pg
begin;
set local role smartattend_owner;

create function identity.is_permanent_administrator(grant_ identity.role_grant)
returns boolean
language sql
immutable
as $$
  select (is_permanent_administrator.grant_).role in ('school_admin', 'corporate_admin')
    and (is_permanent_administrator.grant_).unit_id is null
    and (is_permanent_administrator.grant_).revoked_at is null
    and (is_permanent_administrator.grant_).ends_at = 'infinity'
$$;
comment on function identity.is_permanent_administrator(identity.role_grant) is 'Whether a grant administers the whole tenant without an end.';

create function identity.has_another_administrator(tenant_id uuid, grant_id uuid, user_id uuid)
returns boolean
language sql
stable
as $$
  select exists (
    select from identity.role_grant as g
    inner join identity.membership as m on m.tenant_id = g.tenant_id and m.user_id = g.user_id
    where g.tenant_id = has_another_administrator.tenant_id
      and g.id is distinct from has_another_administrator.grant_id
      and g.user_id is distinct from has_another_administrator.user_id
      and identity.is_permanent_administrator(g)
      and g.starts_at <= core.clock()
      and m.active_until is null
  )
$$;
comment on function identity.has_another_administrator(uuid, uuid, uuid) is
  'Whether a tenant has an administrator without an end, besides this grant (or null) and besides this person (or null).';

create function identity.keep_an_administrator()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grant_id uuid;
  v_user_id uuid;
begin
  if tg_table_name = 'role_grant' then
    v_grant_id := (to_jsonb(old) ->> 'id')::uuid;
  else
    v_user_id := old.user_id;
    if not exists (
      select from identity.role_grant as g
      where g.tenant_id = old.tenant_id and g.user_id = old.user_id and identity.is_permanent_administrator(g)
    ) then
      return null;
    end if;
  end if;
  -- Whoever takes one administrator away waits here for whoever takes the other; the next statement sees what they did.
  perform from tenancy.tenant as t where t.tenant_id = old.tenant_id for no key update;
  if not identity.has_another_administrator(old.tenant_id, v_grant_id, v_user_id) then
    perform core.fail('SA145', 'the last administrator without an end', 'another administrator of the whole tenant first');
  end if;
  return null;
end $$;
comment on function identity.keep_an_administrator() is
  'A tenant never loses its last administrator, by whatever way, not even by two sessions at once: who administers the whole tenant without an end, as an active member. Error SA145; the procedures ask before, and refuse.';

create trigger role_grant_700_keep_an_administrator
after update on identity.role_grant
for each row
when (
  identity.is_permanent_administrator(old)
  and (not identity.is_permanent_administrator(new) or new.user_id <> old.user_id or new.starts_at > old.starts_at or new.tenant_id <> old.tenant_id)
)
execute function identity.keep_an_administrator();
create trigger membership_700_keep_an_administrator
after update on identity.membership
for each row
when (old.active_until is null and new.active_until is not null)
execute function identity.keep_an_administrator();
alter table identity.role_grant enable always trigger role_grant_700_keep_an_administrator;
alter table identity.membership enable always trigger membership_700_keep_an_administrator;

commit;
