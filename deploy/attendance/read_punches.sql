-- Deploy smartattend:attendance/read_punches to pg
begin;
set local role smartattend_owner;

create function attendance.read_punches(entries jsonb)
returns table (ordinal integer, key_text text, key uuid, kind text, subject_id uuid, claim attendance.claim, fault text)
language sql
stable
rows 1000
as $$
  select
    a.ordinal::integer, pg_catalog.left(x.key, 64), core.uuid(x.key), x.kind, core.uuid(x.subject_id),
    (
      core.instant(x.claimed_at), x.claimed_zone, core.uuid(x.device_id), core.uuid(x.boot_id), n.sequence_number, n.monotonic_us,
      n.latitude, n.longitude, n.accuracy_m, x.evidence
    )::attendance.claim,
    case
      when pg_catalog.jsonb_typeof(a.entry) <> 'object' then 'an entry that is an object'
      when core.uuid(x.key) is null then 'key: a uuid'
      when coalesce(x.kind not in ('in', 'out'), true) then 'kind: in or out'
      when x.subject_id is not null and core.uuid(x.subject_id) is null then 'subject_id: a uuid'
      when x.claimed_at is not null and core.instant(x.claimed_at) is null then 'claimed_at: ISO 8601 with an offset'
      when x.device_id is not null and core.uuid(x.device_id) is null then 'device_id: a uuid'
      when x.boot_id is not null and core.uuid(x.boot_id) is null then 'boot_id: a uuid'
      when (x.sequence_number is not null and n.sequence_number is null) or (x.monotonic_us is not null and n.monotonic_us is null)
        then 'sequence_number, monotonic_us: whole numbers from 0'
      when (x.latitude is not null and n.latitude is null) or (x.longitude is not null and n.longitude is null)
        or (x.accuracy_m is not null and n.accuracy_m is null)
        then 'latitude, longitude, accuracy_m: numbers'
    end
  from pg_catalog.jsonb_array_elements(read_punches.entries) with ordinality as a (entry, ordinal)
  cross join lateral pg_catalog.jsonb_to_record(
    case when pg_catalog.jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end
  ) as x (
    key text, kind text, subject_id text, claimed_at text, claimed_zone text, device_id text, boot_id text,
    sequence_number text, monotonic_us text, latitude text, longitude text, accuracy_m text, evidence jsonb
  )
  cross join lateral (
    select
      case when x.sequence_number ~ '^[0-9]{1,18}$' then x.sequence_number::bigint end as sequence_number,
      case when x.monotonic_us ~ '^[0-9]{1,18}$' then x.monotonic_us::bigint end as monotonic_us,
      case when x.latitude ~ '^-?[0-9]{1,3}([.][0-9]{1,15})?$' then x.latitude::double precision end as latitude,
      case when x.longitude ~ '^-?[0-9]{1,3}([.][0-9]{1,15})?$' then x.longitude::double precision end as longitude,
      case when x.accuracy_m ~ '^[0-9]{1,9}([.][0-9]{1,15})?$' then x.accuracy_m::double precision end as accuracy_m
  ) as n
$$;
comment on function attendance.read_punches(jsonb) is
  'The punches of a batch, read without an error: key, kind (in, out), subject_id and the fields of attendance.claim; fault says in words what an entry lacks. Expected rows are declared, since an estimate over jsonb is one row.';

commit;
