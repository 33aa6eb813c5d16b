-- Deploy smartattend:core/actor to pg
begin;
set local role smartattend_owner;

create type core.actor as (
  tenant_id uuid,
  user_id uuid,
  session_id uuid,
  device_id uuid,
  unit_id uuid,
  kind text,
  bound_at timestamptz
);
comment on type core.actor is
  'Who acts in this transaction: tenant, person, login session, device and its unit, kind (user, device, platform, system) and the instant of binding. Written by schema identity only.';

create function core.actor()
returns core.actor
language sql
stable
as $$ select nullif(pg_catalog.current_setting('smartattend.bound_actor', true), '')::core.actor $$;
comment on function core.actor() is
  'The actor that identity bound in this transaction; null when nobody is bound. Trustworthy only in code that runs as an owner role and has bound first.';

create function core.bound_tenant(gate text default null)
returns uuid
language sql
stable
as $$
  select case
    when bound_tenant.gate is null
      or pg_catalog.strpos(pg_catalog.current_setting('smartattend.bound_gate', true), bound_tenant.gate) > 0
    then nullif(pg_catalog.current_setting('smartattend.bound_tenant', true), '')::uuid
  end
$$;
comment on function core.bound_tenant(text) is
  'The bound tenant for policies of the owner roles, or null (no rows, no writes) when nothing is bound or the tenant''s lifecycle closes the gate (capture_read, capture_write, administration_read, administration_write, ordinary_read, ordinary_write). Inlined; always write (select core.bound_tenant(…)).';

grant execute on function core.actor(), core.bound_tenant(text) to
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
