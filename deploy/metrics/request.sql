-- Deploy smartattend:metrics/request to pg
begin;
set local role smartattend_owner;

create table metrics.request_minute (
  tenant_id uuid not null,
  minute timestamptz not null,
  endpoint text not null,
  outcome text not null,
  code text not null,
  bucket integer not null,
  count bigint not null,
  constraint request_minute_pkey primary key (tenant_id, minute, endpoint, outcome, code, bucket),
  constraint outcome_is_known check (outcome in ('accepted', 'replayed', 'refused', 'failed')),
  constraint what_is_refused_or_failed_has_a_code check ((outcome in ('refused', 'failed')) = (code <> '')),
  constraint minute_is_whole check (extract(second from minute) = 0),
  constraint bucket_is_a_microsecond_to_a_day check (bucket >= -40 and bucket <= 106),
  constraint something_was_counted check (count > 0)
);
comment on table metrics.request_minute is
  'Calls by minute, endpoint, outcome, code and bucket of their duration (metrics.bucket). accepted and refused are the database''s own count, by metrics.roll_up; failed (raised, or no answer) and replayed (a retry) are what clients report, since what raises leaves no row. An entry of a batch of punches or of an import counts as one call with its share of the time.';

create table metrics.request_hour (
  tenant_id uuid not null,
  hour timestamptz not null,
  endpoint text not null,
  outcome text not null,
  code text not null,
  bucket integer not null,
  count bigint not null,
  constraint request_hour_pkey primary key (tenant_id, hour, endpoint, outcome, code, bucket),
  constraint outcome_is_known check (outcome in ('accepted', 'replayed', 'refused', 'failed')),
  constraint hour_is_whole check (extract(second from hour) = 0 and extract(minute from hour at time zone 'UTC') = 0),
  constraint something_was_counted check (count > 0)
);
comment on table metrics.request_hour is 'The same by hour (of UTC): the sums of its minutes, which it outlives.';

create table metrics.counter (
  tenant_id uuid not null,
  metric text not null,
  total bigint not null,
  constraint counter_pkey primary key (tenant_id, metric),
  constraint counter_is_of_the_catalogue foreign key (metric) references metrics.platform_metric (metric),
  constraint total_counts_from_zero check (total >= 0)
);
comment on table metrics.counter is 'The counters of the catalogue, which only grow: added to by metrics.roll_up, sampled by metrics.collect.';

create table metrics.watermark (
  tenant_id uuid not null,
  since xid8 not null default '0',
  rolled_at timestamptz not null default '-infinity',
  counts_from timestamptz not null default '-infinity',
  constraint watermark_pkey primary key (tenant_id)
);
comment on table metrics.watermark is
  'How far metrics.roll_up has come, and the row that it holds. Everything of transactions before since is counted; one that commits late has its number at or after it, so that nothing is lost.';
comment on column metrics.watermark.counts_from is
  'What was recorded before is not counted again: set when transaction numbers went back (a restore into a younger cluster), to when it was last counted.';

create index idempotency_xid on core.idempotency (tenant_id, xid);

create type metrics.call as (minute timestamptz, endpoint text, outcome text, code text, bucket integer, count bigint);
comment on type metrics.call is 'Calls that were counted: a row of metrics.request_minute without its tenant.';

create function metrics.add_calls(calls metrics.call[])
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with added as (
    insert into metrics.request_minute as m (tenant_id, minute, endpoint, outcome, code, bucket, count)
    select
      coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), c.minute, c.endpoint, c.outcome, c.code,
      least(greatest(c.bucket, -40), 106), sum(c.count)
    from unnest(add_calls.calls) as c
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6
    on conflict on constraint request_minute_pkey do update set count = m.count + excluded.count
  )
  insert into metrics.request_hour as h (tenant_id, hour, endpoint, outcome, code, bucket, count)
  select
    coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'),
    date_bin('1 hour', c.minute, '2000-01-01 00:00:00+00'), c.endpoint, c.outcome, c.code, least(greatest(c.bucket, -40), 106), sum(c.count)
  from unnest(add_calls.calls) as c
  group by 1, 2, 3, 4, 5, 6
  order by 1, 2, 3, 4, 5, 6
  on conflict on constraint request_hour_pkey do update set count = h.count + excluded.count
$$;
comment on function metrics.add_calls(metrics.call[]) is
  'Adds to the rows of minutes and of hours, in one order whoever adds, so that two never wait for each other in a circle.';

create function metrics.add_to_counter(metric text, number bigint)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into metrics.counter as c (tenant_id, metric, total)
  select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), add_to_counter.metric, add_to_counter.number
  where add_to_counter.number > 0
  on conflict on constraint counter_pkey do update set total = c.total + excluded.total
$$;
comment on function metrics.add_to_counter(text, bigint) is 'Adds to a counter of the bound tenant, or of the platform.';

commit;
