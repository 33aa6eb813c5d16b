-- Deploy smartattend:identity/bind_operator to pg
begin;
set local role smartattend_session;

create function identity.bind_operator(tenant_slug text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid;
  v_actor core.actor;
  v_bound integer;
begin
  select t.tenant_id into v_tenant_id from tenancy.tenant as t where t.slug = bind_operator.tenant_slug;
  if not found then
    perform core.fail('SA011', coalesce(bind_operator.tenant_slug, 'null'), 'the slug of a tenant');
  end if;
  v_actor := (v_tenant_id, null, null, null, null, 'operator', date_part('epoch', core.clock()) * 1000000);
  v_bound := core.bind(v_tenant_id, 'administration_read', v_actor);
  return v_tenant_id;
end $$;
comment on function identity.bind_operator(text) is
  'Binds a tenant for a function that members of smartattend_operator may execute: administration is readable, nothing is writable. Error SA011.';
grant execute on function identity.bind_operator(text) to smartattend_owner;

commit;
