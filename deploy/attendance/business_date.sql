-- Deploy smartattend:attendance/business_date to pg
begin;
set local role smartattend_owner;

create function attendance.business_date(instant timestamptz, zone text, day_starts_at interval)
returns date
language sql
stable
as $$ select ((business_date.instant at time zone business_date.zone) - business_date.day_starts_at)::date $$;
comment on function attendance.business_date(timestamptz, text, interval) is
  'The business date of an unscheduled punch: the local date, where a day begins at day_starts_at.';

commit;
