-- Deploy smartattend:access/request_membership to pg
begin;
set local role smartattend_owner;

create function access.request_membership(
  tenant_slug text, login text, member_number text, kind text, display_name text, role text, reason text default null, unit_path text default null
)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := identity.bind_operator(request_membership.tenant_slug, true);
  v_platform text;
  v_rule access.role_rule;
  v_user_id uuid;
  v_unit_id uuid;
  v_request access.role_request;
begin
  select t.platform into v_platform from tenancy.tenant as t where t.tenant_id = v_tenant_id for no key update;
  if coalesce(request_membership.login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'login ' || coalesce(request_membership.login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  if core.is_code(request_membership.member_number) is not true or core.is_name(request_membership.display_name) is not true then
    perform core.fail('SA010', 'a member number or name that is empty, too long or not printable', 'a number of 1 to 64 characters, a name of 1 to 200');
  end if;
  if coalesce(
    request_membership.kind <> all (
      case v_platform when 'school' then array['student', 'guardian', 'faculty', 'staff'] else array['employee', 'manager', 'hr'] end
    ), true
  ) then
    perform core.fail('SA010', 'kind ' || coalesce(request_membership.kind, 'null'), 'a kind of member that a ' || v_platform || ' tenant has');
  end if;
  select r.* into v_rule
  from access.role_rule as r
  inner join identity.role as o on o.role = r.role and o.platform = v_platform
  where r.role = request_membership.role and r.is_enabled;
  if not found then
    perform core.fail('SA010', 'role ' || coalesce(request_membership.role, 'null'), 'a role of the platform ' || v_platform);
  end if;
  if (v_rule.requires_reason or request_membership.reason is not null) and core.is_reason(request_membership.reason) is not true then
    perform core.fail('SA013', coalesce(request_membership.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if request_membership.unit_path is not null then
    select u.id into v_unit_id
    from tenancy.site as s
    inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.site_id = s.id
    where s.tenant_id = v_tenant_id
      and s.code = split_part(request_membership.unit_path, '/', 1)
      and u.code = substr(request_membership.unit_path, strpos(request_membership.unit_path, '/') + 1);
    if not found then
      perform core.fail('SA011', 'unit_path ' || request_membership.unit_path, '"<site code>/<code>" of a unit of this tenant');
    end if;
  end if;
  select u.user_id into v_user_id from identity.ensure_users(array[request_membership.login]) as u;
  begin
    insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
    values (v_tenant_id, v_user_id, request_membership.member_number, request_membership.kind, request_membership.display_name, 'infinity');
  exception
    when unique_violation then
      perform core.fail('SA112', 'this login or member number', 'a login and a member number that no member has: log in, and use api.role_request');
  end;
  v_request := access.open_request(
    'asked', v_user_id, request_membership.role, v_unit_id, null, null, request_membership.reason, null, core.clock()
  );
  v_request.requested_by := v_user_id;
  insert into access.role_request select v_request.*;
  return v_request.id;
end $$;
comment on function access.request_membership(text, text, text, text, text, text, text, text) is
  'Asks for a membership and its first role, for a person whose identity the caller has verified (single sign-on, a form that a login service serves); answers the id of the role request, which others decide by api.role_decide. Until then the membership is there and never active: nobody logs in by it. For members of smartattend_operator. Errors SA005, SA010, SA011, SA013, SA112.';
grant execute on function access.request_membership(text, text, text, text, text, text, text, text) to smartattend_operator;

commit;
