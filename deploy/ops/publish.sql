-- Deploy smartattend:ops/publish to pg
begin;
set local role smartattend_owner;

create function ops.publish(kind text, subject text, body jsonb default '{}')
returns uuid
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_id uuid := core.uuid_v7();
  v_now timestamptz := core.clock();
begin
  insert into ops.message (tenant_id, id, kind, subject, body, recorded_at)
  values (
    v_tenant_id, v_id, publish.kind, left(regexp_replace(publish.subject, '\s+', ' ', 'g'), 200), coalesce(publish.body, '{}'), v_now
  );
  insert into ops.delivery (tenant_id, message_id, subscription_id, next_at)
  select s.tenant_id, v_id, s.id, v_now
  from ops.subscription as s
  where s.tenant_id = v_tenant_id
    and s.is_active
    and (
      s.kind in ('*', publish.kind)
      or s.kind like '%.*' and starts_with(publish.kind, left(s.kind, -1))
    );
  return v_id;
end $$;
comment on function ops.publish(text, text, jsonb) is
  'Tells every active subscription of the bound tenant (nothing bound: of the platform) that asks for this kind: writes the message and its deliveries in this transaction, so that it is told if and only if the transaction commits. Answers the message''s id. Sends nothing and wakes nobody: that is the worker''s.';

commit;
