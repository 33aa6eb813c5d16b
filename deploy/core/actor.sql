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
  bound_us bigint
);
comment on type core.actor is
  'Who acts in this transaction: tenant, person, login session, device and its unit, kind (user, device, impersonation, break_glass, platform, operator, system) and the instant of binding in microseconds since 1970 (a number reads the same under every setting of the caller''s connection). Written by schema identity only.';

create function core.actor()
returns core.actor
language sql
stable
as $$ select nullif(pg_catalog.current_setting('smartattend.bound_actor', true), '')::core.actor $$;
comment on function core.actor() is
  'The actor that identity bound in this transaction; null when nobody is bound. Trustworthy only in code that runs as an owner role and has bound first.';

create function core.bound_tenant()
returns uuid
language sql
stable
as $$ select nullif(pg_catalog.current_setting('smartattend.bound_tenant', true), '')::uuid $$;
comment on function core.bound_tenant() is
  'The bound tenant for policies of the owner roles on evidence, which is never gated; null (no rows, no writes) when nothing is bound. Inlined; always write (select core.bound_tenant()).';

create function core.bound_tenant(gate text)
returns uuid
language sql
stable
as $$ select nullif(pg_catalog.current_setting('smartattend.' || bound_tenant.gate, true), '')::uuid $$;
comment on function core.bound_tenant(text) is
  'The bound tenant, if its lifecycle opens this gate: capture_read, capture_write, administration_read, administration_write, ordinary_read, ordinary_write; otherwise null. Each gate is a setting of its own that holds the tenant, so that a policy is one look-up. Inlined; always write (select core.bound_tenant(…)).';

create function core.elapsed_us(actor core.actor)
returns bigint
language sql
volatile
as $$ select (date_part('epoch', core.clock()) * 1000000)::bigint - (elapsed_us.actor).bound_us $$;
comment on function core.elapsed_us(core.actor) is 'Microseconds since the actor was bound: what the row of a command says that it took.';

create function core.bind(
  tenant_id text,
  capture_read boolean,
  capture_write boolean,
  administration_read boolean,
  administration_write boolean,
  ordinary_read boolean,
  ordinary_write boolean,
  actor core.actor
)
returns integer
language sql
volatile
as $$
  select num_nulls(
    pg_catalog.set_config('smartattend.bound_tenant', coalesce(bind.tenant_id, ''), true),
    pg_catalog.set_config('smartattend.bound_actor', coalesce(bind.actor::text, ''), true),
    pg_catalog.set_config('smartattend.capture_read', case when bind.capture_read then bind.tenant_id else '' end, true),
    pg_catalog.set_config('smartattend.capture_write', case when bind.capture_write then bind.tenant_id else '' end, true),
    pg_catalog.set_config('smartattend.administration_read', case when bind.administration_read then bind.tenant_id else '' end, true),
    pg_catalog.set_config('smartattend.administration_write', case when bind.administration_write then bind.tenant_id else '' end, true),
    pg_catalog.set_config('smartattend.ordinary_read', case when bind.ordinary_read then bind.tenant_id else '' end, true),
    pg_catalog.set_config('smartattend.ordinary_write', case when bind.ordinary_write then bind.tenant_id else '' end, true)
  )
$$;
comment on function core.bind(text, boolean, boolean, boolean, boolean, boolean, boolean, core.actor) is
  'Writes the bound tenant, its open gates and the actor into this transaction, overwriting whatever the caller had set (with an empty text, never a reset, which would restore what ALTER ROLE SET says). Only the verifiers of identity call it; assign its result, which says nothing (an assignment is evaluated without the executor, which perform is not).';

create function core.bind(tenant_id uuid, opens text, actor core.actor)
returns integer
language sql
volatile
as $$
  select core.bind(
    bind.tenant_id::text,
    strpos(bind.opens, 'capture_read') > 0,
    strpos(bind.opens, 'capture_write') > 0,
    strpos(bind.opens, 'administration_read') > 0,
    strpos(bind.opens, 'administration_write') > 0,
    strpos(bind.opens, 'ordinary_read') > 0,
    strpos(bind.opens, 'ordinary_write') > 0,
    bind.actor
  )
$$;
comment on function core.bind(uuid, text, core.actor) is 'The same with the names of the open gates in one text, for binders that are seldom called.';

grant execute on function core.actor() to
  smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant execute on function core.bound_tenant(), core.bound_tenant(text) to
  smartattend_session, smartattend_ledger, smartattend_auditor, smartattend_operator;
grant execute on function core.elapsed_us(core.actor) to smartattend_session, smartattend_ledger;
grant execute on function
  core.bind(text, boolean, boolean, boolean, boolean, boolean, boolean, core.actor), core.bind(uuid, text, core.actor)
to smartattend_session;

commit;
