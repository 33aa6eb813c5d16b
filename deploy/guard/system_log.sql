-- Deploy smartattend:guard/system_log to pg
begin;

create table guard.system_log (
  id uuid not null,
  kind text not null,
  subject text not null,
  detail jsonb not null default '{}',
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  recorded_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint system_log_pkey primary key (id),
  constraint kind_is_known check (
    kind in ('ddl', 'role', 'setting', 'self_test', 'session', 'drift', 'seal', 'epoch', 'baseline', 'guard')
  ),
  constraint subject_is_said check (subject <> '')
);
comment on table guard.system_log is
  'What happened to the system itself: DDL (while the guard is armed), roles, memberships and settings as they are seen, drift, seals that do not hold, accepted baselines, self-tests, sessions, epochs. Append-only, written by guard.log only.';
comment on column guard.system_log.recorded_at is
  'The server''s clock, not core.clock: whoever may replace that function would write the time of this evidence, with the installer''s rights.';
create index system_log_by_transaction on guard.system_log (xid);
create index system_log_of_self_tests on guard.system_log (recorded_at) where kind = 'self_test';

create trigger system_log_100_append_only
before update or delete on guard.system_log
for each row execute function core.refuse_change();
create trigger system_log_100_no_truncate
before truncate on guard.system_log
for each statement execute function core.refuse_change();
alter table guard.system_log enable always trigger system_log_100_append_only;
alter table guard.system_log enable always trigger system_log_100_no_truncate;

create function guard.log(kind text, subject text, detail jsonb default '{}')
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := clock_timestamp();
  -- as core.uuid_v7, which the installer must not run
  v_id uuid := encode(
    set_bit(
      set_bit(
        overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from v_now) * 1000)::bigint) from 3) from 1 for 6),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid;
begin
  insert into guard.system_log (id, kind, subject, detail, recorded_at)
  values (v_id, log.kind, log.subject, coalesce(log.detail, '{}'), v_now);
  return v_id;
end $$;
comment on function guard.log(text, text, jsonb) is
  'The one writer of guard.system_log; returns the row''s id. Who may call it can add a row and change none.';

commit;
