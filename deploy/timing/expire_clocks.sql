-- Deploy smartattend:timing/expire_clocks to pg
begin;
set local role smartattend_owner;

create function timing.expire_clock(clock timing.device_clock)
returns timing.device_clock
language sql
volatile
as $$
  update timing.device_clock as c
  set state = 'unknown',
    state_via = 'expire',
    state_reason = 'no sample since ' || pg_catalog.to_char((expire_clock.clock).sampled_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"'),
    good_samples = 0
  where c.tenant_id = (expire_clock.clock).tenant_id and c.device_id = (expire_clock.clock).device_id
  returning c.*
$$;
comment on function timing.expire_clock(timing.device_clock) is 'What was known of a clock is too old to say how it is.';

create function timing.expire_clocks()
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
  v_expired integer;
begin
  -- A device that reports at this moment is left to its report.
  select count(timing.expire_clock(c)) into v_expired
  from (
    select c.*
    from timing.device_clock as c
    inner join tenancy.setting as s on s.tenant_id = c.tenant_id
    where c.tenant_id = core.bound_tenant()
      and c.state <> 'unknown'
      and c.sampled_at < v_now - s.clock_sample_expires_after
    for no key update of c skip locked
  ) as c;
  return v_expired;
end $$;
comment on function timing.expire_clocks() is
  'The job that makes clocks unknown after clock_sample_expires_after (24 hours) without a sample; answers how many. Safe to repeat and to run beside reports. The system acts: identity.become_system first. A punch does not wait for it: it judges the age itself.';

commit;
