-- Deploy smartattend:metrics/bucket to pg
begin;
set local role smartattend_owner;

create function metrics.bucket(elapsed_us bigint)
returns integer
language sql
immutable
as $$
  select pg_catalog.ceil(
    4 * pg_catalog.ln(case when bucket.elapsed_us < 1 then 1 else bucket.elapsed_us end / 1000::double precision) / pg_catalog.ln(2::double precision)
  )::integer
$$;
comment on function metrics.bucket(bigint) is
  'The bucket of a duration in microseconds: ceil(4·log2(ms)). Bucket b holds (2^((b-1)/4), 2^(b/4)] ms, so that counts of different minutes, tenants and servers can be added.';

create function metrics.bucket_ms(bucket integer)
returns double precision
language sql
immutable
as $$ select pg_catalog.power(2::double precision, (bucket_ms.bucket - 0.5::double precision) / 4) $$;
comment on function metrics.bucket_ms(integer) is
  'What stands for the durations of a bucket, in milliseconds: its geometric middle, wrong by a factor of 2^(1/8) at most, which is 9.05 %.';

create function metrics.percentiles(buckets integer[], counts bigint[], fractions double precision[])
returns double precision[]
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  with counted as (
    select b.bucket, sum(b.count) as number from unnest(percentiles.buckets, percentiles.counts) as b (bucket, count) group by b.bucket
  ), cumulated as (
    select c.bucket, sum(c.number) over (order by c.bucket) as upto, sum(c.number) over () as total from counted as c
  )
  select array(
    select (
      select metrics.bucket_ms(c.bucket)
      from cumulated as c
      where c.upto >= ceil(f.fraction * c.total::double precision)
      order by c.bucket
      limit 1
    )
    from unnest(percentiles.fractions) with ordinality as f (fraction, position)
    order by f.position
  )
$$;
comment on function metrics.percentiles(integer[], bigint[], double precision[]) is
  'Percentiles (nearest rank) of counted buckets, in milliseconds: buckets and counts side by side, in any order, a bucket as often as it comes. Relative error at most 9.05 %. Counts are added, percentiles never averaged. Null where nothing was counted.';

create function metrics.percentile(buckets integer[], counts bigint[], fraction double precision)
returns double precision
language sql
immutable
as $$ select (metrics.percentiles(percentile.buckets, percentile.counts, array[percentile.fraction]))[1] $$;
comment on function metrics.percentile(integer[], bigint[], double precision) is 'One of metrics.percentiles.';

create function metrics.apdex(buckets integer[], counts bigint[], failed bigint, satisfied_ms double precision)
returns double precision
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select (
    coalesce(sum(b.count) filter (where b.bucket <= t.bucket), 0)
    + coalesce(sum(b.count) filter (where b.bucket > t.bucket and b.bucket <= t.bucket + 8), 0) / 2.0
  )::double precision / nullif(coalesce(sum(b.count), 0) + apdex.failed, 0)
  from (values (metrics.bucket((apdex.satisfied_ms * 1000)::bigint))) as t (bucket)
  left join lateral unnest(apdex.buckets, apdex.counts) as b (bucket, count) on true
$$;
comment on function metrics.apdex(integer[], bigint[], bigint, double precision) is
  'Apdex 0 to 1: satisfied up to T and half of what is tolerated up to 4 T, of all calls; those that failed are frustrated. T is that of its bucket''s upper bound. Null where nobody called.';

create function metrics.wilson_lower(errors bigint, calls bigint, z double precision default 1.959964)
returns double precision
language sql
immutable
as $$
  select case
    when wilson_lower.calls > 0
    then greatest(
      (
        p.p + power(wilson_lower.z, 2) / (2 * wilson_lower.calls)
        - wilson_lower.z * sqrt((p.p * (1 - p.p) + power(wilson_lower.z, 2) / (4 * wilson_lower.calls)) / wilson_lower.calls)
      ) / (1 + power(wilson_lower.z, 2) / wilson_lower.calls),
      0
    )
  end
  from (values (wilson_lower.errors::double precision / nullif(wilson_lower.calls, 0))) as p (p)
$$;
comment on function metrics.wilson_lower(bigint, bigint, double precision) is
  'The lower bound of Wilson''s score interval of a rate (95 % by default): what a rate is at least, however few the calls. Null where nobody called.';

commit;
