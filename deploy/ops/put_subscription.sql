-- Deploy smartattend:ops/put_subscription to pg
begin;
set local role smartattend_owner;

create function ops.put_subscription(kind text, channel text, target text, secret_name text, is_active boolean)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_constraint text;
  v_id uuid;
begin
  if num_nulls(put_subscription.kind, put_subscription.channel, put_subscription.target, put_subscription.is_active) > 0 then
    perform core.fail('SA012', 'kind, channel, target or is_active is null', 'kind, channel, target and is_active');
  end if;
  begin
    insert into ops.subscription as s (tenant_id, kind, channel, target, secret_name, is_active)
    values (
      v_tenant_id, put_subscription.kind, put_subscription.channel, put_subscription.target, put_subscription.secret_name, put_subscription.is_active
    )
    on conflict on constraint nobody_is_told_twice do update
    set secret_name = excluded.secret_name, is_active = excluded.is_active
    returning s.id into v_id;
  exception
    when check_violation then
      get stacked diagnostics v_constraint = constraint_name;
      perform core.fail(
        'SA010', left(concat_ws(' ', put_subscription.kind, put_subscription.channel, put_subscription.target), 200),
        replace(v_constraint, '_', ' ')
      );
  end;
  return core.accepted(v_id, null, jsonb_build_object('is_active', put_subscription.is_active));
end $$;
comment on function ops.put_subscription(text, text, text, text, boolean) is
  'Makes the subscription of a kind by a channel and target in the bound tenant (nothing bound: of the platform), or changes its secret and whether it is active. Errors SA010, SA012.';

commit;
