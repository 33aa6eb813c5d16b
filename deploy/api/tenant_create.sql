-- Deploy smartattend:api/tenant_create to pg
begin;
set local role smartattend_owner;

create function api.tenant_create(
  key uuid,
  slug text,
  name text,
  platform text,
  time_zone text,
  admin_login text,
  admin_name text,
  is_sandbox boolean default false,
  site_code text default 'main',
  site_name text default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(tenant_create.token, 'tenant.create');
  v_payload jsonb := jsonb_build_object(
    'slug', tenant_create.slug, 'name', tenant_create.name, 'platform', tenant_create.platform, 'time_zone', tenant_create.time_zone,
    'admin_login', tenant_create.admin_login, 'admin_name', tenant_create.admin_name, 'is_sandbox', tenant_create.is_sandbox,
    'site_code', tenant_create.site_code, 'site_name', tenant_create.site_name
  );
  v_outcome core.outcome;
  v_tenant_id uuid := core.uuid_v7();
  v_user_id uuid;
begin
  v_outcome := identity.claim_platform('tenant_create', tenant_create.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if not exists (select from tenancy.platform as p where p.platform = tenant_create.platform) then
    perform core.fail('SA010', 'platform ' || coalesce(tenant_create.platform, 'null'), 'school or corporate');
  end if;
  if core.is_time_zone(tenant_create.time_zone) is not true then
    perform core.fail('SA010', 'time_zone ' || coalesce(tenant_create.time_zone, 'null'), 'an IANA time zone such as Europe/Brussels');
  end if;
  if coalesce(tenant_create.slug, '') !~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$' then
    perform core.fail('SA010', 'slug ' || coalesce(tenant_create.slug, 'null'), '3 to 40 lower-case letters, digits and hyphens');
  end if;
  if coalesce(tenant_create.admin_login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'admin_login ' || coalesce(tenant_create.admin_login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  if core.is_name(tenant_create.name) is not true or core.is_name(tenant_create.admin_name) is not true
    or core.is_code(tenant_create.site_code) is not true
    or not coalesce(core.is_name(tenant_create.site_name), true)
  then
    perform core.fail('SA010', 'a name or site_code that is empty, too long or not printable', 'names of 1 to 200 characters, a code of 1 to 64');
  end if;

  perform identity.bind_target(v_tenant_id);
  begin
    insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone, is_sandbox)
    values (
      v_tenant_id, tenant_create.slug, tenant_create.name, tenant_create.platform, tenant_create.time_zone,
      coalesce(tenant_create.is_sandbox, false)
    );
  exception
    when unique_violation then
      perform identity.bind_target(null);
      return identity.finish_platform(
        core.refused('SA112', jsonb_build_object('observed', 'slug ' || tenant_create.slug, 'expected', 'a slug that no tenant has')),
        tenant_create.key, 'tenant_create', v_payload
      );
  end;
  insert into tenancy.site (tenant_id, code, name, time_zone)
  values (v_tenant_id, tenant_create.site_code, coalesce(tenant_create.site_name, tenant_create.name), tenant_create.time_zone);
  perform attendance.default_codes(v_tenant_id);
  select u.user_id into v_user_id from identity.ensure_users(array[tenant_create.admin_login]) as u;
  insert into identity.membership (tenant_id, user_id, member_number, kind, display_name)
  values (
    v_tenant_id, v_user_id, 'admin', case tenant_create.platform when 'school' then 'staff' else 'hr' end, tenant_create.admin_name
  );
  perform access.grant_all(
    array[access.open_request('bootstrap', v_user_id, tenant_create.platform || '_admin', null, null, null, null, null, core.clock())], core.clock()
  );
  update tenancy.tenant as t
  set state = 'active', state_via = 'activate'
  where t.tenant_id = v_tenant_id;
  return identity.finish_platform(
    core.accepted(v_tenant_id, null, jsonb_build_object('slug', tenant_create.slug, 'admin_id', v_user_id, 'state', 'active')),
    tenant_create.key, 'tenant_create', v_payload, v_tenant_id
  );
end $$;
comment on function api.tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text) is
  'Creates a tenant with its first site, the default codes and its first administrator, and activates it: the checklist is complete by construction. Platform session with tenant.create. Errors SA001–SA006, SA010, SA012, SA104; refusals SA102, SA112 (the slug is taken).';
grant execute on function api.tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text) to
  smartattend_app, smartattend_operator;

commit;
