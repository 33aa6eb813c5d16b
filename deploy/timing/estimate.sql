-- Deploy smartattend:timing/estimate to pg
begin;
set local role smartattend_owner;

create type timing.estimate as (
  effective_at timestamptz,
  error_us bigint,
  basis text,
  signals text array
);
comment on type timing.estimate is
  'When a punch was made: the instant, plus or minus error_us microseconds (null: no bound is known), what it rests on (server, anchor, offset, claim), and the rules that its clock makes fire (null: none).';

create type timing.reading as (
  basis text,
  made_at timestamptz,
  error_us double precision,
  sample_wall_at timestamptz,
  sample_instant timestamptz,
  sample_monotonic_us bigint
);
comment on type timing.reading is
  'What a device''s clocks say about a punch: made_at plus or minus error_us, by the monotonic clock (anchor) or the wall clock (offset; basis null: they say nothing), and the sample that the clocks of the punch are compared with.';

create function timing.microseconds(span interval)
returns double precision
language sql
immutable
as $$ select round(date_part('epoch', microseconds.span) * 1000000) $$;
comment on function timing.microseconds(interval) is
  'A span in microseconds. The difference of two instants has days, and a day added to an instant is not always 24 hours long; microseconds are.';

create function timing.read_clocks(
  tenant_id uuid, device_id uuid, boot_id uuid, monotonic_us bigint, claimed_at timestamptz, rate double precision
)
returns timing.reading
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- each statement is a probe by one index,
set enable_seqscan = off -- and a plan made while the tables were still empty stays right when they have grown
as $$
declare
  v_before record;
  v_after record;
  v_reading timing.reading;
  v_at timestamptz;
  v_error double precision;
begin
  if read_clocks.boot_id is not null and read_clocks.monotonic_us is not null then
    select s.received_monotonic_us as monotonic_us, s.received_at, s.instant, s.instant_error_us as error_us into v_before
    from timing.clock_sample as s
    where s.tenant_id = read_clocks.tenant_id
      and s.device_id = read_clocks.device_id
      and s.boot_id = read_clocks.boot_id
      and s.received_monotonic_us <= read_clocks.monotonic_us
    order by s.received_monotonic_us desc
    limit 1;
    select s.received_monotonic_us as monotonic_us, s.received_at, s.instant, s.instant_error_us as error_us into v_after
    from timing.clock_sample as s
    where s.tenant_id = read_clocks.tenant_id
      and s.device_id = read_clocks.device_id
      and s.boot_id = read_clocks.boot_id
      and s.received_monotonic_us > read_clocks.monotonic_us
    order by s.received_monotonic_us
    limit 1;
    v_reading.made_at := v_before.instant + (read_clocks.monotonic_us - v_before.monotonic_us) * interval '1 microsecond';
    v_reading.error_us := v_before.error_us + ceil((read_clocks.monotonic_us - v_before.monotonic_us) * read_clocks.rate) + 1;
    v_at := v_after.instant - (v_after.monotonic_us - read_clocks.monotonic_us) * interval '1 microsecond';
    v_error := v_after.error_us + ceil((v_after.monotonic_us - read_clocks.monotonic_us) * read_clocks.rate) + 1;
    v_reading.basis := 'anchor';
  end if;
  if v_reading.made_at is null and v_at is null then
    -- A wall clock is read to the millisecond.
    select s.received_monotonic_us as monotonic_us, s.received_at, s.instant, s.instant_error_us as error_us into v_before
    from timing.clock_sample as s
    where s.tenant_id = read_clocks.tenant_id
      and s.device_id = read_clocks.device_id
      and s.received_at <= read_clocks.claimed_at
    order by s.received_at desc
    limit 1;
    select s.received_monotonic_us as monotonic_us, s.received_at, s.instant, s.instant_error_us as error_us into v_after
    from timing.clock_sample as s
    where s.tenant_id = read_clocks.tenant_id
      and s.device_id = read_clocks.device_id
      and s.received_at > read_clocks.claimed_at
    order by s.received_at
    limit 1;
    v_reading.error_us := timing.microseconds(read_clocks.claimed_at - v_before.received_at);
    v_reading.made_at := v_before.instant + v_reading.error_us * interval '1 microsecond';
    v_reading.error_us := v_before.error_us + ceil(v_reading.error_us * read_clocks.rate) + 1000;
    v_error := timing.microseconds(v_after.received_at - read_clocks.claimed_at);
    v_at := v_after.instant - v_error * interval '1 microsecond';
    v_error := v_after.error_us + ceil(v_error * read_clocks.rate) + 1000;
    v_reading.basis := 'offset';
    if abs(timing.microseconds(v_at - v_reading.made_at)) > v_reading.error_us + v_error then
      return null; -- the clock was put forward or back between the two
    end if;
  end if;
  if v_reading.made_at is null then
    if v_at is null then
      return null;
    end if;
    v_before := v_after;
  end if;
  v_reading.sample_wall_at := v_before.received_at;
  v_reading.sample_instant := v_before.instant;
  v_reading.sample_monotonic_us := v_before.monotonic_us;
  if v_reading.made_at is null or v_error < v_reading.error_us then
    v_reading.made_at := v_at;
    v_reading.error_us := v_error;
  end if;
  return v_reading;
end $$;
comment on function timing.read_clocks(uuid, uuid, uuid, bigint, timestamptz, double precision) is
  'What a device''s clocks say by the samples just before and just after a punch: by the monotonic clock of the same boot, else by the wall clock. Of the two samples the one with the less error counts; compared are the clocks with the sample before, or, when there is none, after. Null without a sample, and when the two show that the wall clock was stepped between them.';

create function timing.bracket(
  tenant_id uuid, device_id uuid, boot_id uuid, sequence_number bigint, inout lower timestamptz, inout upper timestamptz
)
returns record
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- each statement is a probe by one index,
set enable_seqscan = off -- and a plan made while the tables were still empty stays right when they have grown
as $$
declare
  v_lower timestamptz;
  v_upper timestamptz;
begin
  select s.instant - s.instant_error_us * interval '1 microsecond' into v_lower
  from timing.clock_sample as s
  where s.tenant_id = bracket.tenant_id
    and s.device_id = bracket.device_id
    and s.boot_id = bracket.boot_id
    and s.last_sequence_number < bracket.sequence_number
  order by s.last_sequence_number desc, s.received_monotonic_us desc
  limit 1;
  select s.instant + s.instant_error_us * interval '1 microsecond' into v_upper
  from timing.clock_sample as s
  where s.tenant_id = bracket.tenant_id
    and s.device_id = bracket.device_id
    and s.boot_id = bracket.boot_id
    and s.last_sequence_number >= bracket.sequence_number
  order by s.last_sequence_number, s.received_monotonic_us
  limit 1;
  v_lower := greatest(bracket.lower, v_lower);
  v_upper := least(bracket.upper, v_upper);
  if v_lower > v_upper then
    bracket.lower := null; -- what the device said of its queue and of its numbers cannot both be true
  else
    bracket.lower := v_lower;
    bracket.upper := v_upper;
  end if;
end $$;
comment on function timing.bracket(uuid, uuid, uuid, bigint, timestamptz, timestamptz) is
  'Narrows the interval in which a punch was made by its number: after the boot''s last sample that knew lower numbers only, and before the first that knew its own. This holds whatever the clocks show.';

create function timing.estimate(
  device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, claimed_at timestamptz, received_at timestamptz
)
returns timing.estimate
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan -- each statement is a probe by one index,
set enable_seqscan = off -- and a plan made while the tables were still empty stays right when they have grown
as $$
declare
  v_known record;
  v_rate double precision;
  v_monotonic_us bigint := case when estimate.monotonic_us <= 1000000000000000 then estimate.monotonic_us end; -- 31 years
  v_reading timing.reading;
  v_from timestamptz;
  v_lower timestamptz;
  v_upper timestamptz;
  v_estimate timing.estimate;
begin
  select
    s.tenant_id, s.online_within, s.clock_healthy_within, s.clock_critical_within, s.clock_step_over, s.clock_drift_ppm,
    s.clock_sample_expires_after, s.queue_age_at_most, c.state, c.sampled_at, c.boot_id, c.monotonic_us, c.wall_at, c.instant,
    c.error_us, c.delivered_until
  into v_known
  from tenancy.setting as s
  left join timing.device_clock as c on c.tenant_id = s.tenant_id and c.device_id = estimate.device_id
  where s.tenant_id = core.bound_tenant();

  if v_known.instant is not null then
    v_rate := v_known.clock_drift_ppm / (1000000.0 - v_known.clock_drift_ppm);
    -- Made since the newest sample: by the monotonic clock of its boot, else by the wall clock.
    if estimate.boot_id = v_known.boot_id and v_monotonic_us >= v_known.monotonic_us then
      v_reading.error_us := v_monotonic_us - v_known.monotonic_us;
      v_reading.made_at := v_known.instant + v_reading.error_us * interval '1 microsecond';
      v_reading.error_us := v_known.error_us + ceil(v_reading.error_us * v_rate) + 1;
      v_reading.basis := 'anchor';
    elsif estimate.claimed_at >= v_known.wall_at and (v_monotonic_us is null or estimate.boot_id <> v_known.boot_id) then
      v_reading.error_us := timing.microseconds(estimate.claimed_at - v_known.wall_at);
      v_reading.made_at := v_known.instant + v_reading.error_us * interval '1 microsecond';
      v_reading.error_us := v_known.error_us + ceil(v_reading.error_us * v_rate) + 1000;
      v_reading.basis := 'offset';
    end if;
    v_from := v_reading.made_at - v_reading.error_us * interval '1 microsecond';
    if v_from >= estimate.received_at - v_known.online_within then
      v_reading.sample_wall_at := v_known.wall_at;
      v_reading.sample_instant := v_known.instant;
      v_reading.sample_monotonic_us := v_known.monotonic_us;
    else
      -- It has waited, or was made before that sample: there may be samples that are nearer.
      v_reading := timing.read_clocks(
        v_known.tenant_id, estimate.device_id, estimate.boot_id, v_monotonic_us, estimate.claimed_at, v_rate
      );
      v_from := v_reading.made_at - v_reading.error_us * interval '1 microsecond';
    end if;
    if v_from >= estimate.received_at - v_known.online_within and v_from <= estimate.received_at + v_known.online_within then
      v_estimate.basis := 'server';
      v_estimate.effective_at := estimate.received_at;
      v_estimate.error_us := abs(timing.microseconds(estimate.received_at - v_from));
    elsif v_from < estimate.received_at then
      v_estimate.basis := v_reading.basis;
      v_estimate.effective_at := least(v_reading.made_at, estimate.received_at);
      v_estimate.error_us := timing.microseconds(v_estimate.effective_at - v_from);
    end if;
  elsif estimate.claimed_at between estimate.received_at - v_known.online_within and estimate.received_at + v_known.online_within then
    -- Nothing is known of this clock, and it agrees with ours.
    v_estimate.basis := 'server';
    v_estimate.effective_at := estimate.received_at;
    v_estimate.error_us := greatest(timing.microseconds(estimate.received_at - estimate.claimed_at), 0);
  end if;

  if v_estimate.basis is distinct from 'server' then
    if v_estimate.basis is distinct from 'anchor' then
      v_lower := v_known.delivered_until;
      v_upper := estimate.received_at;
      if v_known.instant is not null and estimate.sequence_number is not null then
        select b.lower, b.upper into v_lower, v_upper
        from timing.bracket(v_known.tenant_id, estimate.device_id, estimate.boot_id, estimate.sequence_number, v_lower, v_upper) as b;
      end if;
      if v_estimate.basis is null
        or v_estimate.effective_at + v_estimate.error_us * interval '1 microsecond' < v_lower
        or v_from > v_upper
      then
        -- The wall clock says nothing, or what cannot be: somewhere between the last delivery and the receipt.
        v_estimate.basis := 'claim';
        v_estimate.effective_at := greatest(least(estimate.claimed_at, v_upper), v_lower);
        v_estimate.error_us := greatest(
          timing.microseconds(v_upper - v_estimate.effective_at), timing.microseconds(v_estimate.effective_at - v_lower)
        );
        if v_lower is null then
          v_estimate.error_us := null;
        end if;
      end if;
    end if;
    if estimate.received_at - v_estimate.effective_at > v_known.queue_age_at_most then
      v_estimate.signals := array['F12'];
    end if;
  end if;

  if estimate.claimed_at - estimate.received_at > (
    case
      when v_known.instant is null then v_known.clock_critical_within
      else v_known.clock_healthy_within + v_reading.error_us * interval '1 microsecond'
        + (v_reading.sample_wall_at - v_reading.sample_instant)
    end
  ) then
    v_estimate.signals := array['F11'] || v_estimate.signals;
  end if;
  if v_reading.basis = 'anchor' and abs(
    timing.microseconds(estimate.claimed_at - v_reading.sample_wall_at) - (v_monotonic_us - v_reading.sample_monotonic_us)
  ) > timing.microseconds(v_known.clock_step_over) + ceil(abs(v_monotonic_us - v_reading.sample_monotonic_us) * v_rate) then
    v_estimate.signals := array['F10'] || v_estimate.signals;
  end if;
  if v_known.state = 'untrusted' and v_known.sampled_at > estimate.received_at - v_known.clock_sample_expires_after
    or estimate.claimed_at < timestamptz '2020-01-01 00:00+00'
    or estimate.claimed_at > estimate.received_at + interval '24 hours'
  then
    v_estimate.signals := array['F09'] || v_estimate.signals;
  elsif v_known.state = 'critical' and v_known.sampled_at > estimate.received_at - v_known.clock_sample_expires_after then
    v_estimate.signals := array['F09:critical'] || v_estimate.signals;
  end if;
  return v_estimate;
end $$;
comment on function timing.estimate(uuid, uuid, bigint, bigint, timestamptz, timestamptz) is
  'When a punch was made, never later than it was received. The interval that it states holds the truth in every case in which the device''s clocks drift within the tenant''s clock_drift_ppm (RFC 5905). In this order: server (it arrived within online_within of being made, after what is known of the clock; the receipt counts, and the error reaches back to the earliest instant that is possible), anchor (the monotonic clock of the same boot, which no change of the wall clock moves), offset (the wall clock, corrected), claim (between the last delivery that the device confirmed and the receipt; no bound without one). Signals: F09 the clock is untrusted (F09:critical: it is critical, which holds nothing), F10 the wall clock was stepped against the monotonic one, F11 the claim lies in the future beyond its error, F12 it waited longer than queue_age_at_most. It refuses nothing.';

commit;
