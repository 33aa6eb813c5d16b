-- Deploy smartattend:timing/login_device to pg
begin;
set local role smartattend_owner;

create function timing.login_device(
  tenant_slug text, device_code text, lifetime interval default '30 days', reason text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := identity.bind_operator(login_device.tenant_slug);
  v_device_id uuid;
  v_unit_id uuid;
begin
  select d.id, u.id into v_device_id, v_unit_id
  from timing.device as d
  inner join tenancy.unit as u on u.tenant_id = d.tenant_id and u.site_id = d.site_id and u.kind = 'site'
  where d.tenant_id = v_tenant_id and d.code = login_device.device_code and d.retired_at is null;
  if not found then
    perform core.fail('SA011', coalesce(login_device.device_code, 'null'), 'the code of a device in service');
  end if;
  return identity.open_device_session(v_tenant_id, v_device_id, v_unit_id, login_device.lifetime, login_device.reason);
end $$;
comment on function timing.login_device(text, text, interval, text) is
  'Opens a login session for a kiosk or gate, which may check in and out whoever comes to it, and answers its token, once. For members of smartattend_operator. Errors SA010, SA011.';
grant execute on function timing.login_device(text, text, interval, text) to smartattend_operator;

commit;
