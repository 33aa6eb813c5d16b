-- Deploy smartattend:identity/bind_operator to pg
begin;
set local role smartattend_session;

create function identity.bind_operator(tenant_slug text, writes boolean default false)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid;
  v_state text;
  v_opens text;
  v_actor core.actor;
  v_bound integer;
begin
  select t.tenant_id, t.state, g.opens into v_tenant_id, v_state, v_opens
  from tenancy.tenant as t
  inner join tenancy.gate as g on g.state = t.state
  where t.slug = bind_operator.tenant_slug;
  if not found then
    perform core.fail('SA011', coalesce(bind_operator.tenant_slug, 'null'), 'the slug of a tenant');
  end if;
  if bind_operator.writes and strpos(v_opens, 'administration_write') = 0 then
    perform core.fail('SA005', 'tenant is ' || v_state, 'a tenant state that allows administration');
  end if;
  v_actor := (v_tenant_id, null, null, null, null, 'operator', date_part('epoch', core.clock()) * 1000000);
  v_bound := core.bind(v_tenant_id, case when bind_operator.writes then v_opens else 'administration_read' end, v_actor);
  return v_tenant_id;
end $$;
comment on function identity.bind_operator(text, boolean) is
  'Binds a tenant for a function that members of smartattend_operator may execute: administration is readable, and with writes whatever the tenant''s state opens is writable. Errors SA005, SA011.';
grant execute on function identity.bind_operator(text, boolean) to smartattend_owner;

commit;
