-- Deploy smartattend:core/uuid_v7 to pg
begin;
set local role smartattend_owner;

create function core.uuid_v7()
returns uuid
language sql
volatile
as $$
  select pg_catalog.encode(
    pg_catalog.set_bit(
      pg_catalog.set_bit(
        pg_catalog.overlay(
          pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
          pg_catalog.substring(pg_catalog.int8send((pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::bigint), 3),
          1, 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;
comment on function core.uuid_v7() is
  'A new identifier in time order (RFC 9562, version 7): random keys write 1.5 to 5 times the WAL. Order is never read back from it. PostgreSQL 18 has uuidv7(); this runs on 15, too.';
grant execute on function core.uuid_v7() to public;

create function core.derived_key(key uuid, part text)
returns uuid
language sql
immutable
as $$
  select pg_catalog.encode(
    pg_catalog.set_byte(
      pg_catalog.overlay(
        pg_catalog.substring(
          pg_catalog.sha256(pg_catalog.uuid_send(derived_key.key) || core.bytes(derived_key.part)), 1, 16
        ),
        pg_catalog.substring(pg_catalog.uuid_send(derived_key.key), 1, 6),
        1, 6
      ),
      6, 128
    ),
    'hex'
  )::uuid
$$;
comment on function core.derived_key(uuid, text) is
  'The key of one part of a command (a mark of a register, a row of an import): the same command and part give the same key, so that a repeat replays. Keeps the leading time of the command''s key (RFC 9562, version 8).';
grant execute on function core.derived_key(uuid, text) to public;

commit;
