-- Deploy smartattend:timing/take_sample to pg
begin;
set local role smartattend_owner;

create function timing.take_sample(sample timing.clock_sample)
returns timing.device_clock
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- each statement is a probe by one index,
set enable_seqscan = off -- and a plan made while the tables were still empty stays right when they have grown
as $$
declare
  v_levels constant text[] := array['healthy', 'warning', 'critical', 'untrusted'];
  v_setting tenancy.setting;
  v_clock timing.device_clock;
  v_rate double precision;
  v_span bigint := sample.received_monotonic_us - sample.sent_monotonic_us;
  v_width double precision;
  v_step double precision;
  v_drift double precision;
  v_before record;
  v_off double precision;
  v_measured text;
  v_reason text;
  v_oldest timing.estimate;
begin
  loop
    select c.* into v_clock
    from timing.device_clock as c
    where c.tenant_id = sample.tenant_id and c.device_id = sample.device_id
    for no key update;
    exit when found;
    insert into timing.device_clock (tenant_id, device_id) values (sample.tenant_id, sample.device_id)
    on conflict on constraint device_clock_pkey do nothing;
  end loop;
  select s.* into v_setting from tenancy.setting as s where s.tenant_id = sample.tenant_id;
  v_rate := v_setting.clock_drift_ppm / (1000000.0 - v_setting.clock_drift_ppm);

  -- The device had the answer after it had left, and before the whole exchange, counted from the probe's receipt, was over.
  v_width := least(
    timing.microseconds(sample.probed_at - sample.answered_at) + v_span + ceil(v_span * v_rate) + 2,
    timing.microseconds(sample.reported_at - sample.answered_at)
  );
  if v_width < 0 then
    perform core.fail(
      'SA010', format('%s µs from the probe to its answer', v_span),
      format('the %s µs that the server took, or more', timing.microseconds(sample.answered_at - sample.probed_at))
    );
  end if;
  sample.error_us := ceil(v_width / 2);
  sample.instant := sample.answered_at + sample.error_us * interval '1 microsecond';
  sample.instant_error_us := sample.error_us;

  v_step := timing.microseconds(sample.received_at - sample.sent_at) - v_span;
  v_drift := ceil(v_span * v_rate);
  select s.received_at, s.received_monotonic_us into v_before
  from timing.clock_sample as s
  where s.tenant_id = sample.tenant_id
    and s.device_id = sample.device_id
    and s.boot_id = sample.boot_id
    and s.received_monotonic_us <= sample.received_monotonic_us
  order by s.received_monotonic_us desc
  limit 1;
  if found then
    v_off := timing.microseconds(sample.received_at - v_before.received_at)
      - (sample.received_monotonic_us - v_before.received_monotonic_us);
    if abs(v_off) > abs(v_step) then
      v_step := v_off;
      v_drift := ceil((sample.received_monotonic_us - v_before.received_monotonic_us) * v_rate);
    end if;
    -- Of the eight youngest of this boot the one with the least bound counts, grown with its age.
    select
      b.answered_at + (b.error_us + sample.received_monotonic_us - b.received_monotonic_us) * interval '1 microsecond' as instant,
      b.bound_us
    into v_before
    from (
      select
        s.answered_at, s.error_us, s.received_monotonic_us,
        s.error_us + ceil((sample.received_monotonic_us - s.received_monotonic_us) * v_rate) + 1 as bound_us
      from timing.clock_sample as s
      where s.tenant_id = sample.tenant_id
        and s.device_id = sample.device_id
        and s.boot_id = sample.boot_id
        and s.received_monotonic_us <= sample.received_monotonic_us
      order by s.received_monotonic_us desc
      limit 7
    ) as b
    order by b.bound_us
    limit 1;
    if v_before.bound_us < sample.error_us then
      sample.instant := v_before.instant;
      sample.instant_error_us := v_before.bound_us;
    end if;
  end if;
  sample.step_us := v_step;
  insert into timing.clock_sample (
    tenant_id, probe_key, device_id, boot_id, sent_at, probed_at, answered_at, received_at, sent_monotonic_us, received_monotonic_us,
    error_us, step_us, instant, instant_error_us, last_sequence_number, queued, oldest_claimed_at, oldest_boot_id,
    oldest_sequence_number, oldest_monotonic_us, reported_at
  )
  values (
    sample.tenant_id, sample.probe_key, sample.device_id, sample.boot_id, sample.sent_at, sample.probed_at, sample.answered_at,
    sample.received_at, sample.sent_monotonic_us, sample.received_monotonic_us, sample.error_us, sample.step_us, sample.instant,
    sample.instant_error_us, sample.last_sequence_number, sample.queued, sample.oldest_claimed_at, sample.oldest_boot_id,
    sample.oldest_sequence_number, sample.oldest_monotonic_us, sample.reported_at
  );
  if sample.answered_at <= v_clock.sampled_at then
    return v_clock; -- an older exchange, reported late
  end if;

  if v_clock.state <> 'unknown' and v_clock.sampled_at < sample.answered_at - v_setting.clock_sample_expires_after then
    v_clock := timing.expire_clock(v_clock);
  end if;
  v_off := timing.microseconds(sample.instant - sample.received_at);
  if abs(v_step) > timing.microseconds(v_setting.clock_step_over) + v_drift then
    v_measured := 'untrusted';
    v_reason := format('the wall clock was stepped by %s s', round(v_step::numeric / 1000000, 3));
  elsif sample.received_at < timestamptz '2020-01-01 00:00+00' or sample.received_at > sample.answered_at + interval '24 hours' then
    v_measured := 'untrusted';
    v_reason := format('the wall clock shows %s', (sample.received_at at time zone 'UTC')::date);
  else
    v_measured := case
      when abs(v_off) + sample.instant_error_us <= timing.microseconds(v_setting.clock_healthy_within) then 'healthy'
      when abs(v_off) + sample.instant_error_us <= timing.microseconds(v_setting.clock_warning_within) then 'warning'
      when abs(v_off) + sample.instant_error_us <= timing.microseconds(v_setting.clock_critical_within) then 'critical'
      else 'untrusted'
    end;
    v_reason := format(
      'off by %s s, known to %s s', round(-v_off::numeric / 1000000, 3), round(sample.instant_error_us::numeric / 1000000, 3)
    );
  end if;
  if v_clock.state = 'unknown' then
    v_clock.state := v_measured;
    v_clock.state_via := 'measure';
    v_clock.state_reason := v_reason;
    v_clock.good_samples := 0;
  elsif array_position(v_levels, v_measured) > array_position(v_levels, v_clock.state) then
    v_clock.state := v_measured;
    v_clock.state_via := 'degrade';
    v_clock.state_reason := v_reason;
    v_clock.good_samples := 0;
  elsif v_measured = v_clock.state then
    v_clock.good_samples := 0;
  elsif v_clock.good_samples + 1 < v_setting.clock_good_samples then
    v_clock.good_samples := v_clock.good_samples + 1;
  else
    v_clock.state := v_levels[array_position(v_levels, v_clock.state) - 1];
    v_clock.state_via := 'recover';
    v_clock.state_reason := v_reason;
    v_clock.good_samples := 0;
  end if;

  if sample.queued = 0 then
    v_clock.delivered_until := greatest(v_clock.delivered_until, sample.answered_at);
  elsif sample.queued > 0 then
    v_oldest := timing.estimate(
      sample.device_id, sample.oldest_boot_id, sample.oldest_sequence_number, sample.oldest_monotonic_us, sample.oldest_claimed_at,
      sample.reported_at
    );
    v_clock.delivered_until := greatest(
      v_clock.delivered_until, v_oldest.effective_at - v_oldest.error_us * interval '1 microsecond'
    );
  end if;
  update timing.device_clock as c
  set state = v_clock.state,
    state_via = v_clock.state_via,
    state_reason = v_clock.state_reason,
    good_samples = v_clock.good_samples,
    sampled_at = sample.answered_at,
    boot_id = sample.boot_id,
    monotonic_us = sample.received_monotonic_us,
    wall_at = sample.received_at,
    instant = sample.instant,
    error_us = sample.instant_error_us,
    delivered_until = v_clock.delivered_until
  where c.tenant_id = sample.tenant_id and c.device_id = sample.device_id
  returning c.* into v_clock;
  return v_clock;
end $$;
comment on function timing.take_sample(timing.clock_sample) is
  'Judges a report of four time stamps (RFC 5905), keeps it, and moves the device''s clock: down at once, up by one level after clock_good_samples better samples in a row; the watermark to the answer when nothing waits for delivery, else to the oldest punch that does. Takes what was said and stamped; the rest of the row is computed. The system acts: identity.become_system first. Error SA010 when the stamps contradict each other.';

commit;
