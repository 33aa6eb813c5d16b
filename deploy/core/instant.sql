-- Deploy smartattend:core/instant to pg
begin;
set local role smartattend_owner;

create function core.instant(value text)
returns timestamptz
language sql
stable
as $$
  select case
    when instant.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$'
      and core.is_date(pg_catalog.left(instant.value, 10))
    then instant.value::timestamptz
  end
$$;
comment on function core.instant(text) is
  'The instant of an ISO 8601 text with an offset (2026-03-29T08:00:00.5+02:00, …Z), or null for anything else: never an error, never the connection''s time zone, never infinity.';

create function core.moment(value text, zone text, side text)
returns timestamptz
language sql
stable
as $$
  select case
    when core.instant(moment.value) is not null then core.instant(moment.value)
    when core.is_moment(moment.value) and moment.value !~ '[T ].*[Z+-]'
    then core.local_instant(moment.value::timestamp, moment.zone, moment.side)
  end
$$;
comment on function core.moment(text, text, text) is
  'The instant of a moment (core.is_moment): as it stands if it has an offset, otherwise local in the zone, a date being its beginning; side as in core.local_instant. Null for anything else.';

create function core.uuid(value text)
returns uuid
language sql
immutable
as $$
  -- Hyphens in their four places and 32 digits beside them; one regular expression that counts takes five times as long.
  select case
    when uuid.value like '________-____-____-____-____________'
      and pg_catalog.length(pg_catalog.replace(uuid.value, '-', '')) = 32
      and uuid.value !~ '[^0-9a-fA-F-]'
    then uuid.value::uuid
  end
$$;
comment on function core.uuid(text) is 'The UUID of a text in its usual form, or null for anything else.';

commit;
