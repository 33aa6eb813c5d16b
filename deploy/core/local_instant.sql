-- Deploy smartattend:core/local_instant to pg
begin;
set local role smartattend_owner;

create function core.local_instant(local timestamp, zone text, side text)
returns timestamptz
language sql
stable
as $$
  -- The two offsets in force around the local time give two candidates; one that reads as the local time is real.
  select coalesce(
    case local_instant.side
      when 'start' then pg_catalog.min(c.instant) filter (where c.instant at time zone local_instant.zone = local_instant.local)
      when 'end' then pg_catalog.max(c.instant) filter (where c.instant at time zone local_instant.zone = local_instant.local)
    end,
    pg_catalog.max(c.instant) filter (where c.is_before)
  )
  from (
    select
      p.is_before,
      local_instant.local at time zone 'UTC' - ((p.probe at time zone local_instant.zone) - (p.probe at time zone 'UTC')) as instant
    from (
      values
        (true, (local_instant.local - interval '26 hours') at time zone 'UTC'),
        (false, (local_instant.local + interval '26 hours') at time zone 'UTC')
    ) as p (is_before, probe)
  ) as c
$$;
comment on function core.local_instant(timestamp, text, text) is
  'The instant of a local time in an IANA zone. A local time that does not exist moves forward by the gap; a doubled one is its first occurrence for side ''start'' and its second for side ''end''. Differences of these instants are durations: a night shift over a clock change has its true length.';

commit;
