-- Deploy smartattend:core/entry_field to pg
begin;
set local role smartattend_owner;

create table core.entry_field (
  entry text not null,
  field text not null,
  position integer not null,
  kind text not null,
  is_key boolean not null default false,
  is_required boolean not null default false,
  words text[],
  lowest numeric,
  highest numeric,
  meaning text not null,
  constraint entry_field_pkey primary key (entry, field),
  constraint position_is_unique_in_the_entry unique (entry, position),
  constraint entry_is_snake_case check (entry ~ '^[a-z][a-z_]+$'),
  constraint field_is_snake_case check (field ~ '^[a-z][a-z_]+$'),
  constraint kind_is_known check (
    kind in ('code', 'path', 'name', 'reason', 'login', 'zone', 'word', 'date', 'time', 'moment', 'integer', 'number', 'networks')
  ),
  constraint a_word_has_its_words check ((kind = 'word') = (words is not null)),
  constraint a_number_has_its_bounds check ((kind in ('integer', 'number')) = (lowest is not null and highest is not null)),
  constraint key_is_required check (is_required or not is_key)
);
comment on table core.entry_field is
  'The format of the entries that each api.put_* takes, as data: core.read_entries reads by it and the README''s table is generated from it.';
comment on column core.entry_field.is_key is 'Whether the field is part of the natural key, by which a repeated entry is recognised.';

create function core.is_date(value text)
returns boolean
language sql
immutable
as $$
  -- The first day of the month always exists; the last one is counted from it. No cast here can fail.
  select case
    when is_date.value ~ '^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    then pg_catalog.right(is_date.value, 2)::integer <= extract(
      day from pg_catalog.make_date(
        pg_catalog.left(is_date.value, 4)::integer, pg_catalog.substr(is_date.value, 6, 2)::integer, 1
      ) + interval '1 month' - interval '1 day'
    )
    else false
  end
$$;
comment on function core.is_date(text) is 'A calendar date YYYY-MM-DD that exists, from 1900 to 2999. Infinity is not a date.';

create function core.is_moment(value text)
returns boolean
language sql
immutable
as $$
  select is_moment.value ~ '^[0-9-]{10}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?)?$'
    and core.is_date(pg_catalog.left(is_moment.value, 10))
$$;
comment on function core.is_moment(text) is
  'A moment as people write it: a date (its beginning), a local date and time, or an instant with an offset; core.moment makes an instant of it.';

create function core.networks(value jsonb)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if jsonb_typeof(networks.value) <> 'array' or jsonb_array_length(networks.value) > 64 or networks.value @> '[null]' then
    return null;
  end if;
  return (
    select coalesce(jsonb_agg(n.network::cidr::text order by n.network::cidr), '[]')
    from (select distinct a.network from jsonb_array_elements_text(networks.value) as a (network)) as n
  );
exception
  when invalid_text_representation then return null;
end $$;
comment on function core.networks(jsonb) is 'A JSON array of at most 64 networks in CIDR form, sorted; null if it is anything else.';

create function core.entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb)
returns jsonb
language sql
stable
as $$
  select case pg_catalog.jsonb_typeof(entry_value.value)
    when 'string' then case entry_value.kind
      when 'code' then case when core.is_code(entry_value.value #>> '{}') then entry_value.value end
      when 'name' then case when core.is_name(entry_value.value #>> '{}') then entry_value.value end
      when 'reason' then case when core.is_reason(entry_value.value #>> '{}') then entry_value.value end
      when 'word' then case when entry_value.value #>> '{}' = any (entry_value.words) then entry_value.value end
      when 'date' then case when core.is_date(entry_value.value #>> '{}') then entry_value.value end
      when 'time' then case
        when entry_value.value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$'
        then pg_catalog.to_jsonb((entry_value.value #>> '{}')::time)
      end
      when 'moment' then case when core.is_moment(entry_value.value #>> '{}') then entry_value.value end
      when 'path' then case when core.is_name(entry_value.value #>> '{}') then entry_value.value end
      when 'login' then case
        when entry_value.value #>> '{}' ~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then entry_value.value
      end
      when 'zone' then case when core.is_time_zone(entry_value.value #>> '{}') then entry_value.value end
    end
    when 'number' then case
      when entry_value.kind in ('integer', 'number')
        and (entry_value.value #>> '{}')::numeric between entry_value.lowest and entry_value.highest
        and (entry_value.kind = 'number' or (entry_value.value #>> '{}')::numeric % 1 = 0)
      then pg_catalog.to_jsonb(pg_catalog.trim_scale((entry_value.value #>> '{}')::numeric))
    end
    when 'array' then case when entry_value.kind = 'networks' then core.networks(entry_value.value) end
  end
$$;
comment on function core.entry_value(text, text[], numeric, numeric, jsonb) is
  'A field''s value in its canonical form, or null if it is not of the kind: what comes out can be cast without an error.';

create function core.entry_value_expected(kind text, words text[], lowest numeric, highest numeric)
returns text
language sql
immutable
as $$
  select case entry_value_expected.kind
    when 'code' then 'a text of 1 to 64 characters without control characters or outer spaces'
    when 'path' then '"<site code>/<code>"'
    when 'name' then 'a text of 1 to 200 characters without control characters or outer spaces'
    when 'reason' then 'a text of 10 to 2,000 characters that says why'
    when 'login' then 'a text of 3 to 128 of a-z, 0-9 and ._@+- that begins and ends with a letter or digit'
    when 'zone' then 'the name of an IANA time zone, such as "Europe/Brussels"'
    when 'word' then 'one of "' || pg_catalog.array_to_string(entry_value_expected.words, '", "') || '"'
    when 'date' then 'a date "YYYY-MM-DD" from 1900 to 2999'
    when 'time' then 'a local time "HH:MM" or "HH:MM:SS"'
    when 'moment' then 'a date "YYYY-MM-DD" (its beginning), a local time "YYYY-MM-DDTHH:MM", or an instant "YYYY-MM-DDTHH:MM:SS+01:00"'
    when 'integer' then 'an integer from ' || entry_value_expected.lowest || ' to ' || entry_value_expected.highest
    when 'number' then 'a number from ' || entry_value_expected.lowest || ' to ' || entry_value_expected.highest
    when 'networks' then 'an array of at most 64 networks in CIDR form, such as ["192.0.2.0/24"]'
  end
$$;
comment on function core.entry_value_expected(text, text[], numeric, numeric) is 'In words, what core.entry_value takes.';

commit;
