-- Deploy smartattend:core/text_rules to pg
begin;
set local role smartattend_owner;

create function core.is_code(value text)
returns boolean
language sql
immutable
as $$
  select pg_catalog.char_length(is_code.value) between 1 and 64
    and is_code.value !~ '[[:cntrl:]]'
    and is_code.value !~ e'[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]'
    and is_code.value = pg_catalog.btrim(is_code.value)
$$;
comment on function core.is_code(text) is 'A natural key: 1 to 64 characters, no control characters, none that is invisible, no space at either end.';

create function core.is_name(value text)
returns boolean
language sql
immutable
as $$
  select pg_catalog.char_length(is_name.value) between 1 and 200
    and is_name.value !~ '[[:cntrl:]]'
    and is_name.value !~ e'[\u200b\u202a-\u202e\u2060-\u2069\ufeff]'
    and is_name.value = pg_catalog.btrim(is_name.value)
$$;
comment on function core.is_name(text) is 'A name that people read: 1 to 200 characters, no control characters, none that hides or turns what is around it, no space at either end.';

create function core.is_reason(value text)
returns boolean
language sql
immutable
as $$
  select pg_catalog.char_length(is_reason.value) <= 2000
    and pg_catalog.char_length(pg_catalog.btrim(is_reason.value)) >= 10
    and is_reason.value ~ '[[:alpha:]].*[[:alpha:]].*[[:alpha:]]'
    and pg_catalog.btrim(is_reason.value) !~ '^(.)\1*$'
$$;
comment on function core.is_reason(text) is
  'A reason that says something: 10 to 2,000 characters, at least three letters, not one character repeated.';

create function core.is_time_zone(value text)
returns boolean
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  -- POSIX strings ('EST5EDT') and abbreviations ('CET') are refused: they carry no history of offsets.
  if is_time_zone.value is null or is_time_zone.value !~ '^([A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)+|UTC)$' then
    return false;
  end if;
  perform timestamptz '2000-01-01 00:00+00' at time zone is_time_zone.value;
  return true;
exception
  when invalid_parameter_value then return false;
end $$;
comment on function core.is_time_zone(text) is 'An IANA time zone that this server knows (Europe/Brussels, UTC).';

create function core.bytes(value text)
returns bytea
language sql
immutable
as $$ select pg_catalog.decode(pg_catalog.replace(bytes.value, '\', '\\'), 'escape') $$;
comment on function core.bytes(text) is
  'The bytes of a text in the server''s encoding. Immutable, which convert_to is not, so that functions of keys and hashes are inlined.';
grant execute on function core.bytes(text) to public;

create domain core.sha256 as bytea
constraint payload_hash_is_sha256 check (octet_length(value) = 32);
comment on domain core.sha256 is 'A SHA-256: 32 bytes.';

grant execute on function core.is_code(text), core.is_name(text), core.is_reason(text), core.is_time_zone(text) to public;

commit;
