-- Deploy smartattend:attendance/business_date to pg
begin;
set local role smartattend_owner;

create function attendance.business_date(instant timestamptz, zone text, day_starts_at interval)
returns date
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_local timestamp := business_date.instant at time zone business_date.zone;
  v_date date := v_local - business_date.day_starts_at;
  v_before date;
begin
  if v_date < v_local::date then
    -- The day before may be one that the zone left out (Apia, 30 December 2011): then it still belongs to the day that there was.
    v_before := (business_date.instant - business_date.day_starts_at) at time zone business_date.zone;
    return least(v_date, v_before);
  end if;
  return v_date;
end $$;
comment on function attendance.business_date(timestamptz, text, interval) is
  'The business date of an unscheduled punch: the local date, where a day begins at day_starts_at.';

commit;
