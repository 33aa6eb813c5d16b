-- Deploy smartattend:ops/take_deliveries to pg
begin;
set local role smartattend_owner;

create function ops.take_deliveries_of(tenant_id uuid, number integer, lease interval)
returns table (
  tenant uuid, message_id uuid, subscription_id uuid, attempt integer, channel text, target text, secret_name text, kind text, subject text,
  body jsonb, recorded_at timestamptz
)
language plpgsql
volatile
security definer
rows 10
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(nullif(take_deliveries_of.tenant_id, '00000000-0000-0000-0000-000000000000'));
  v_now timestamptz := core.clock();
begin
  if take_deliveries_of.number >= 1 and take_deliveries_of.lease >= interval '1 second' and take_deliveries_of.lease <= interval '1 hour' then
    null;
  else
    perform core.fail(
      'SA010', format('number %s, lease %s', take_deliveries_of.number, take_deliveries_of.lease), 'at least 1, and a lease of a second to an hour'
    );
  end if;
  return query
  with due as materialized (
    select d.tenant_id, d.message_id, d.subscription_id
    from ops.delivery as d
    where d.tenant_id = take_deliveries_of.tenant_id and d.state = 'pending' and d.next_at <= v_now
    order by d.next_at, d.message_id
    limit take_deliveries_of.number
    for no key update skip locked
  ), taken as (
    update ops.delivery as d
    set attempts = d.attempts + 1, next_at = v_now + take_deliveries_of.lease
    from due as u
    where d.tenant_id = u.tenant_id and d.message_id = u.message_id and d.subscription_id = u.subscription_id
    returning d.tenant_id, d.message_id, d.subscription_id, d.attempts
  )
  select t.tenant_id, t.message_id, t.subscription_id, t.attempts, s.channel, s.target, s.secret_name, m.kind, m.subject, m.body, m.recorded_at
  from taken as t
  inner join ops.subscription as s on s.tenant_id = t.tenant_id and s.id = t.subscription_id
  inner join ops.message as m on m.tenant_id = t.tenant_id and m.id = t.message_id
  order by t.message_id, t.subscription_id;
end $$;
comment on function ops.take_deliveries_of(uuid, integer, interval) is
  'Takes at most so many due deliveries of a tenant (the nil UUID: the platform), with everything that their sending needs: nobody else gets them before the lease is over. A worker that dies leaves them to the next one when it is, so commit before sending; and say ops.delivered or ops.failed within the lease. Error SA010, SA011.';

create function ops.take_deliveries(number integer default 10, lease interval default '2 minutes')
returns table (
  tenant uuid, message_id uuid, subscription_id uuid, attempt integer, channel text, target text, secret_name text, kind text, subject text,
  body jsonb, recorded_at timestamptz
)
language plpgsql
volatile
rows 10
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid;
  v_seen uuid[] := array[]::uuid[];
  v_rows integer := 0;
  v_taken integer;
begin
  -- By the operator's right to see whose deliveries are due; each tenant is bound for itself.
  while v_rows < take_deliveries.number loop
    select d.tenant_id into v_tenant_id
    from ops.delivery as d
    where d.state = 'pending' and d.next_at <= core.clock() and d.tenant_id <> all (v_seen)
    order by d.next_at
    limit 1;
    exit when not found;
    return query
    select t.* from ops.take_deliveries_of(v_tenant_id, take_deliveries.number - v_rows, take_deliveries.lease) as t;
    get diagnostics v_taken = row_count;
    v_rows := v_rows + v_taken;
    v_seen := v_seen || v_tenant_id;
  end loop;
end $$;
comment on function ops.take_deliveries(integer, interval) is
  'Takes at most so many due deliveries, of the tenants that have waited longest (ops.take_deliveries_of). For members of smartattend_operator, by whose rights it looks.';

create function ops.delivered(tenant_id uuid, message_id uuid, subscription_id uuid, attempt integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(nullif(delivered.tenant_id, '00000000-0000-0000-0000-000000000000'));
begin
  update ops.delivery as d
  set state = 'delivered', next_at = core.clock(), last_error = null
  where d.tenant_id = delivered.tenant_id and d.message_id = delivered.message_id and d.subscription_id = delivered.subscription_id
    and d.attempts >= delivered.attempt
    and d.state <> 'delivered';
  return found;
end $$;
comment on function ops.delivered(uuid, uuid, uuid, integer) is
  'It has arrived: also when its lease was over in between, or it was given up. Answers whether that was new. Error SA011.';

create function ops.failed(tenant_id uuid, message_id uuid, subscription_id uuid, attempt integer, error text)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  c_attempts constant integer := 12;
  v_actor core.actor := identity.bind_job(nullif(failed.tenant_id, '00000000-0000-0000-0000-000000000000'));
  v_now timestamptz := core.clock();
  v_state text;
begin
  update ops.delivery as d
  set state = case when d.attempts >= c_attempts then 'dead' else 'pending' end,
    -- 10 seconds, doubled each time, an hour at most; a fifth more or less, so that not everything comes back at once
    next_at = v_now + case
      when d.attempts >= c_attempts then interval '0'
      else least(interval '10 seconds' * power(2, d.attempts - 1), interval '1 hour') * (0.8 + 0.4 * random())
    end,
    last_error = coalesce(nullif(left(failed.error, 1000), ''), 'no reason was given')
  where d.tenant_id = failed.tenant_id and d.message_id = failed.message_id and d.subscription_id = failed.subscription_id
    and d.state = 'pending'
    and d.attempts = failed.attempt
  returning d.state into v_state;
  return v_state;
end $$;
comment on function ops.failed(uuid, uuid, uuid, integer, text) is
  'It has not arrived, and why: it is tried again after a pause that doubles (10 seconds to an hour), and given up (dead) after the twelfth attempt. Answers the state; null when somebody else has it by now, whose word counts. Error SA011.';

create function ops.revive(tenant_id uuid, message_id uuid default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_job(nullif(revive.tenant_id, '00000000-0000-0000-0000-000000000000'));
  v_revived bigint;
begin
  update ops.delivery as d
  set state = 'pending', attempts = 0, next_at = core.clock()
  where d.tenant_id = revive.tenant_id and d.state = 'dead' and (revive.message_id is null or d.message_id = revive.message_id);
  get diagnostics v_revived = row_count;
  return v_revived;
end $$;
comment on function ops.revive(uuid, uuid) is
  'Lets the dead letters of a tenant, or of one message, be tried again from the beginning; answers how many. Error SA011.';

grant execute on function
  ops.take_deliveries(integer, interval), ops.take_deliveries_of(uuid, integer, interval), ops.delivered(uuid, uuid, uuid, integer),
  ops.failed(uuid, uuid, uuid, integer, text), ops.revive(uuid, uuid)
to smartattend_operator;

commit;
