-- Deploy smartattend:core/clock to pg
begin;
set local role smartattend_owner;

create function core.clock()
returns timestamptz
language sql
volatile
as $$ select pg_catalog.clock_timestamp() $$;
comment on function core.clock() is
  'The only clock in bodies and defaults. Volatile: a procedure reads it once, after its locks, into a variable. A test replaces it inside its own rolled-back transaction; no setting lets a session choose the time.';
grant execute on function core.clock() to public;

commit;
