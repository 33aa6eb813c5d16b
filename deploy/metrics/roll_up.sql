-- Deploy smartattend:metrics/roll_up to pg
begin;
set local role smartattend_owner;

create function metrics.endpoint(kind text, reason_code text, evidence jsonb)
returns text
language sql
immutable
as $$
  select case
    when endpoint.kind = 'in' then 'check_in'
    when endpoint.kind = 'out' then 'check_out'
    when endpoint.kind = 'import' then 'attendance_import'
    when endpoint.kind = 'mark' then case when endpoint.evidence ? 'replaces_id' then 'attendance_replace' end
    when endpoint.kind in ('verify', 'clear', 'uphold', 'void', 'flag') then case when endpoint.reason_code is null then 'attendance_transition' end
  end
$$;
comment on function metrics.endpoint(text, text, jsonb) is
  'Which call an event is; null: a part of one that has a row of its own in core.idempotency (marks of a register, corrections, absences, what a rule holds), or of a punch (late evidence).';

create function metrics.count_calls(since xid8, until xid8, counts_from timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off -- what is new is little against what is there, whatever the statistics say
set jit = off
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_calls metrics.call[];
  v_totals bigint[];
  v_commands metrics.call[];
  v_refusals metrics.call[];
  v_repeats bigint;
  v_failures bigint;
begin
  with grouped as materialized (
    select
      e.kind::text as kind,
      metrics.endpoint(e.kind, e.reason_code, e.evidence) as endpoint,
      date_bin('1 minute', e.recorded_at, '2000-01-01 00:00:00+00') as minute,
      metrics.bucket(e.elapsed_us) as bucket,
      count(*) as number
    from attendance.event as e
    where e.tenant_id = v_tenant_id
      and e.xid >= count_calls.since
      and e.xid < count_calls.until
      and e.recorded_at >= count_calls.counts_from
    group by 1, 2, 3, 4
  )
  select
    array_agg((g.minute, g.endpoint, 'accepted', '', g.bucket, g.number)::metrics.call) filter (where g.endpoint is not null and g.bucket is not null),
    array[
      coalesce(sum(g.number) filter (where g.kind in ('in', 'out', 'mark', 'import')), 0),
      coalesce(sum(g.number) filter (where g.kind in ('verify', 'clear')), 0),
      coalesce(sum(g.number) filter (where g.kind in ('flag', 'uphold')), 0),
      coalesce(sum(g.number) filter (where g.kind = 'late_evidence'), 0)
    ]
  into v_calls, v_totals
  from grouped as g;
  with grouped as materialized (
    select
      i.command,
      date_bin('1 minute', i.recorded_at, '2000-01-01 00:00:00+00') as minute,
      (i.outcome).status as status,
      coalesce((i.outcome).code, '') as code,
      metrics.bucket(i.elapsed_us) as bucket,
      count(*) as number
    from core.idempotency as i
    where i.tenant_id = v_tenant_id
      and i.xid >= count_calls.since
      and i.xid < count_calls.until
      and i.recorded_at >= count_calls.counts_from
      and (i.outcome).status is not null
      and i.elapsed_us is not null
    group by 1, 2, 3, 4, 5
  )
  select
    array_agg((
      g.minute, case g.command when 'repeat_in' then 'check_in' when 'repeat_out' then 'check_out' else g.command end, g.status, g.code, g.bucket, g.number
    )::metrics.call),
    sum(g.number) filter (where g.command in ('repeat_in', 'repeat_out'))
  into v_commands, v_repeats
  from grouped as g;
  with grouped as materialized (
    select
      r.command,
      date_bin('1 minute', r.recorded_at, '2000-01-01 00:00:00+00') as minute,
      r.code,
      metrics.bucket(r.elapsed_us) as bucket,
      count(*) as number
    from ledger.refusal as r
    where r.tenant_id = v_tenant_id
      and r.xid >= count_calls.since
      and r.xid < count_calls.until
      and r.recorded_at >= count_calls.counts_from
      and r.elapsed_us is not null
      and r.command not like 'put\_%' -- entries of a call that core.idempotency has
    group by 1, 2, 3, 4
  )
  select
    array_agg((g.minute, g.command, 'refused', g.code, g.bucket, g.number)::metrics.call),
    sum(g.number) filter (where g.command in ('check_in', 'check_out', 'check_in_batch', 'register_submit', 'attendance_import'))
  into v_refusals, v_failures
  from grouped as g;
  v_calls := coalesce(v_calls, '{}') || coalesce(v_commands, '{}') || coalesce(v_refusals, '{}');
  perform metrics.add_calls(v_calls);
  perform
    metrics.add_to_counter('attendance_success', v_totals[1]),
    metrics.add_to_counter('attendance_failure', v_failures),
    metrics.add_to_counter('verification_match', v_totals[2]),
    metrics.add_to_counter('verification_mismatch', v_totals[3]),
    metrics.add_to_counter('late_evidence', v_totals[4]),
    metrics.add_to_counter('checkin_replay', v_repeats);
  return (select coalesce(sum(c.count), 0) from unnest(v_calls) as c);
end $$;
comment on function metrics.count_calls(xid8, xid8, timestamptz) is
  'Counts the calls of the bound tenant (or of the platform) by transactions from since until before until into minutes, hours and counters; answers how many. Part of metrics.roll_up, which sees to it that each is counted once.';

create function metrics.roll_up(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_watermark metrics.watermark;
  v_until xid8;
  v_calls bigint;
begin
  if core.bound_tenant() is not null and core.bound_tenant('capture_read') is null then
    return 0; -- what is not seen is not counted, and must not be passed by
  end if;
  insert into metrics.watermark (tenant_id)
  select v_tenant_id
  where not exists (select from metrics.watermark as w where w.tenant_id = v_tenant_id)
  on conflict on constraint watermark_pkey do nothing;
  select w.* into v_watermark from metrics.watermark as w where w.tenant_id = v_tenant_id for update skip locked;
  if not found then
    return 0; -- another one is at work
  end if;
  -- Every transaction below has ended, and the statements to come see what it wrote.
  v_until := pg_snapshot_xmin(pg_current_snapshot());
  if v_until < v_watermark.since then
    v_watermark.since := '0';
    v_watermark.counts_from := v_watermark.rolled_at;
  end if;
  v_calls := metrics.count_calls(v_watermark.since, v_until, v_watermark.counts_from);
  update metrics.watermark as w
  set since = v_until, rolled_at = roll_up.now, counts_from = v_watermark.counts_from
  where w.tenant_id = v_tenant_id;
  return v_calls;
end $$;
comment on function metrics.roll_up(timestamptz) is
  'Counts the calls of the bound tenant (or of the platform) that were committed since the last time, into rows of minutes and hours and into counters; answers how many. Looks at the transactions that had all ended when it began, from where the last one stopped: one that commits late is counted by the next, and none twice. What it reads is what is new. The second of two at once finds the row of the first locked and does nothing.';

commit;
