-- Deploy smartattend:attendance/business_date to pg
begin;
set local role smartattend_owner;

create function attendance.business_date(instant timestamptz, zone text, day_starts_at interval)
returns date
language sql
stable
as $$
  -- The day before may be one that the zone left out (Apia, 30 December 2011): then it still belongs to the day that there was.
  select case
    when ((business_date.instant - business_date.day_starts_at) at time zone business_date.zone)::date
      < ((business_date.instant at time zone business_date.zone) - business_date.day_starts_at)::date
      and ((business_date.instant at time zone business_date.zone) - business_date.day_starts_at)::date
      < (business_date.instant at time zone business_date.zone)::date
    then ((business_date.instant - business_date.day_starts_at) at time zone business_date.zone)::date
    else ((business_date.instant at time zone business_date.zone) - business_date.day_starts_at)::date
  end
$$;
comment on function attendance.business_date(timestamptz, text, interval) is
  'The business date of an unscheduled punch: the local date, where a day begins at day_starts_at.';

commit;
