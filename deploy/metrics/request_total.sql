-- Deploy smartattend:metrics/request_total to pg
begin;
set local role smartattend_owner;

create function metrics.request_total(now timestamptz)
returns table (
  endpoint text, outcome text, code text, bucket integer, upto_ms double precision, count bigint, since timestamptz
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select h.endpoint, h.outcome, h.code, h.bucket, power(2::double precision, h.bucket / 4::double precision), sum(h.count)::bigint, s.since
  from (values (date_trunc('month', request_total.now, 'UTC'))) as s (since)
  inner join metrics.request_hour as h on h.hour >= s.since and h.hour <= request_total.now
  group by h.endpoint, h.outcome, h.code, h.bucket, s.since
$$;
comment on function metrics.request_total(timestamptz) is
  'Calls since the month began (of UTC), by endpoint, outcome, code and bucket with its upper bound in milliseconds: what a monitor reads as counters. They begin again each month, as those of a server that restarts do, so that rows which are deleted when they are old are never missed in a sum. Keep request_hour for 31 days or more. Of the tenant whose rows the caller reads.';

commit;
