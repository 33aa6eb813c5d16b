"""What the application's own login may do to the database when somebody puts SQL of their own into it: nothing."""

from __future__ import annotations

import pytest

from tests.hostile.world import Attack, World

DENIED = "error 42501"

WRITES = [
    Attack("insert a record", "insert into attendance.record (tenant_id) values (<alpha>)", DENIED),
    Attack("change a record", "update attendance.record set code = 'P'", DENIED),
    Attack("delete a record", "delete from attendance.record", DENIED),
    Attack("truncate the records", "truncate attendance.record", DENIED),
    Attack("truncate everything that hangs on a tenant", "truncate tenancy.tenant cascade", DENIED),
    Attack("insert an event", "insert into attendance.event (tenant_id) values (<alpha>)", DENIED),
    Attack("change an event", "update attendance.event set claimed_at = now()", DENIED),
    Attack("delete an event", "delete from attendance.event", DENIED),
    Attack(
        "merge into the records",
        "merge into attendance.record as r using (select 1) as x on true when matched then delete",
        DENIED,
    ),
    Attack("copy rows into the records", "copy attendance.record from stdin", DENIED),
    Attack("copy rows into the roles", "copy identity.role_grant from stdin", DENIED),
    Attack("write through a view", "update api.unit set code = 'P'", DENIED),
    Attack("insert through a view", "insert into api.unit (code) values ('x')", DENIED),
    Attack("delete through a view", "delete from api.member", DENIED),
    Attack(
        "write through a view of one's own",
        ("create temp view mine as select * from attendance.record", "update mine set code = 'P'"),
        DENIED,
    ),
    Attack(
        "write in a with clause", "with gone as (delete from attendance.record returning 1) select * from gone", DENIED
    ),
    Attack(
        "lock rows against everybody else", "select 1 from attendance.record for update", DENIED, token="alpha/admin"
    ),
    Attack(
        "lock rows against writers, weakly",
        "select 1 from identity.membership for key share",
        DENIED,
        token="alpha/admin",
    ),
    Attack(
        "grant oneself a role in the tenant",
        "insert into identity.role_grant (tenant_id, user_id, role) values (<alpha>, <alpha/s1>, 'school_admin')",
        DENIED,
    ),
    Attack(
        "grant oneself the platform",
        "insert into identity.platform_grant (user_id, role) values (<alpha/s1>, 'superadmin')",
        DENIED,
    ),
    Attack(
        "make a permission part of a role",
        "insert into identity.role_permission values ('student', 'attendance.read')",
        DENIED,
    ),
    Attack("make a login session", "insert into identity.login_session (tenant_id) values (<alpha>)", DENIED),
    Attack("bring a revoked session back", "update identity.login_session set revoked_at = null", DENIED),
    Attack("open the gates of a suspended tenant", "update tenancy.gate set capture_write = true", DENIED),
    Attack(
        "make an illegal transition legal",
        "insert into core.transition (machine, from_state, to_state, via) values "
        "('attendance_record', 'voided', 'recorded', 'x')",
        DENIED,
    ),
    Attack("take an error code away", "delete from core.error_code", DENIED),
    Attack("take a kept refusal away", "delete from ledger.refusal", DENIED),
    Attack("forge a kept refusal", "insert into ledger.refusal (tenant_id) values (<alpha>)", DENIED),
    Attack("turn a rule of integrity off", "update integrity.rule_setting set is_enabled = false", DENIED),
    Attack("decide a flag by hand", "update integrity.flag set state = 'dismissed'", DENIED),
    Attack("move the closing of a period", "update attendance.period set state = 'open'", DENIED),
    Attack("fill a key of idempotency", "insert into core.idempotency (tenant_id) values (<alpha>)", DENIED),
]

READS = [
    Attack("read the events", "select * from attendance.event", DENIED, token="alpha/admin"),
    Attack("read the accounts of the platform", 'select * from identity."user"', DENIED, token="alpha/admin"),
    Attack(
        "read who holds what in another tenant",
        "select role from identity.role_grant where tenant_id = <beta>",
        "no rows",
        token="alpha/admin",
    ),
    Attack("read the hashes of tokens", "select token_hash from identity.login_session", DENIED, token="alpha/admin"),
    Attack(
        "read the hashes of platform tokens",
        "select token_hash from identity.platform_session",
        DENIED,
        token="alpha/admin",
    ),
    Attack("read the platform's people", "select * from identity.platform_grant", DENIED, token="platform/root"),
    Attack("read the keys of others", "select key from core.idempotency", DENIED, token="alpha/admin"),
    Attack("read the refusals", "select * from ledger.refusal", DENIED, token="alpha/admin"),
    Attack("read the history of tenants", "select * from tenancy.tenant_transition", DENIED, token="alpha/admin"),
    Attack("read what scans remember", "select * from integrity.roll", DENIED, token="alpha/admin"),
    Attack("read the rosters", "select * from corporate.roster", DENIED, token="gamma/admin"),
    Attack("read the punches behind a view", "select * from attendance.punch", DENIED, token="alpha/admin"),
    Attack("count what one may not read", "select count(*) from attendance.event", DENIED, token="alpha/admin"),
    Attack(
        "ask whether there is anything", "select exists (select from attendance.event)", DENIED, token="alpha/admin"
    ),
    Attack("copy what one may not read", "copy attendance.event to stdout", DENIED, token="alpha/admin"),
    Attack("dump a table by its page", "select tableoid, ctid from attendance.event", DENIED, token="alpha/admin"),
    Attack("sample a table", "select * from attendance.event tablesample system (100)", DENIED, token="alpha/admin"),
    Attack(
        "read through a view of one's own",
        ("create temp view mine as select * from attendance.event", "select * from mine"),
        DENIED,
    ),
    Attack("explain what one may not read", "explain select * from attendance.event", DENIED),
]

CALLS = [
    Attack("bind a session by hand", "select identity.bind_session(<token alpha/s1>)", DENIED),
    Attack(
        "bind a platform session by hand",
        "select identity.bind_platform(<token platform/root>, 'tenant.create')",
        DENIED,
    ),
    Attack("bind an operator by hand", "select identity.bind_operator('x')", DENIED),
    Attack("bind a target by hand", "select identity.bind_target(<beta>)", DENIED),
    Attack("write the bound tenant", "select core.bind(<beta>::uuid, 'capture_read', null)", DENIED),
    Attack("become the system", "select identity.become_system()", DENIED),
    Attack("ask for a token", "select identity.login('alpha', 's1')", DENIED),
    Attack("ask for a platform token", "select identity.login_platform('root', 'because of an outage', 'T-1')", DENIED),
    Attack("ask for a device's token", "select timing.login_device('alpha', 'kiosk')", DENIED),
    Attack(
        "open a device session",
        "select identity.open_device_session(<alpha>, <alpha/kiosk>, <alpha/10A>, '1 hour', 'x')",
        DENIED,
    ),
    Attack("make the first superadmin", "select identity.bootstrap_superadmin('me@example.org')", DENIED),
    Attack("make accounts", "select identity.ensure_users('{x@y}')", DENIED),
    Attack("make a secret", "select identity.new_secret()", DENIED),
    Attack("ask what an owner may", "select identity.holds('attendance.read')", DENIED),
    Attack("capture without the door", "select attendance.capture(core.actor(), 'in', null, null, null)", DENIED),
    Attack("store a refusal of one's own", "select ledger.refuse('check_in', null, '{}', null)", DENIED),
    Attack("accept by oneself", "select core.accepted(null, null, null)", DENIED),
    Attack("take somebody's key", "select core.claim('check_in', gen_random_uuid(), '{}')", DENIED),
    Attack("raise a code of ours", "select core.fail('SA104', 'x', 'y')", DENIED),
    Attack("judge a transition", "select core.transition_refusal('register', null, 'open', 'x', null, '{}')", DENIED),
    Attack("give oneself codes", "select attendance.default_codes(<alpha>)", DENIED),
]

DDL = [
    Attack("make a table in public", "create table public.x (y int)", DENIED),
    Attack("make a schema", "create schema x", DENIED),
    Attack("make a table in a schema of ours", "create table attendance.x (y int)", DENIED),
    Attack("make a function in api", "create function api.x() returns int language sql as 'select 1'", DENIED),
    Attack(
        "replace a procedure",
        "create or replace function api.clock_expire(key uuid, token text default null) returns "
        "core.outcome language sql as 'select null'",
        DENIED,
    ),
    Attack(
        "replace the clock",
        "create or replace function core.clock() returns timestamptz language sql as 'select now()'",
        DENIED,
    ),
    Attack(
        "make an operator in a schema of ours",
        "create operator core.=== (leftarg = int, rightarg = int, function = int4eq)",
        DENIED,
    ),
    Attack("make a type in a schema of ours", "create type identity.x as (y int)", DENIED),
    Attack(
        "make a cast of one of our types",
        (
            "create function pg_temp.f(core.outcome) returns text language sql as 'select null'",
            "create cast (core.outcome as text) with function pg_temp.f(core.outcome) as implicit",
        ),
        DENIED,
    ),
    Attack(
        "put a trigger on our table",
        (
            "create function pg_temp.f() returns trigger language plpgsql as 'begin return null; end'",
            "create trigger x before insert on attendance.event for each row execute function pg_temp.f()",
        ),
        DENIED,
    ),
    Attack("put a rule on our table", "create rule x as on insert to attendance.event do instead nothing", DENIED),
    Attack("put a policy on our table", "create policy x on attendance.record using (true)", DENIED),
    Attack("put an index on our table", "create index on attendance.record (code)", DENIED),
    Attack("put statistics on our table", "create statistics pg_temp.x on state, code from attendance.record", DENIED),
    Attack("inherit from our table", "create temp table child () inherits (attendance.record)", DENIED),
    Attack(
        "refer to our table",
        "create temp table child (t uuid, i uuid, foreign key (t, i) references attendance.record (tenant_id, id))",
        "error 42P16",
    ),
    Attack("make a view of ours run as its owner", "alter view api.attendance reset (security_invoker)", DENIED),
    Attack("replace a view of ours", "create or replace view api.error_code as select 1 as code", DENIED),
    Attack("drop a view", "drop view api.attendance", DENIED),
    Attack("drop a table", "drop table attendance.event", DENIED),
    Attack("drop a policy", "drop policy a_session_reads_its_own_or_its_scope on attendance.record", DENIED),
    Attack("turn policies off", "alter table attendance.record disable row level security", DENIED),
    Attack("take the force away", "alter table attendance.record no force row level security", DENIED),
    Attack("disable a trigger", "alter table attendance.event disable trigger all", DENIED),
    Attack("take a table", "alter table attendance.record owner to current_user", DENIED),
    Attack("move a table", "alter table attendance.record set schema public", DENIED),
    Attack("grant a table to oneself", "grant select on attendance.event to current_user", DENIED),
    Attack(
        "grant a schema to everybody",
        ("grant usage on schema attendance to public", "select has_schema_privilege('public', 'attendance', 'usage')"),
        "rows: False",
    ),
    Attack("grant everything in a schema", "grant all on all tables in schema identity to current_user", DENIED),
    Attack(
        "change what owners grant by default",
        "alter default privileges for role smartattend_owner grant all on tables to public",
        DENIED,
    ),
    Attack("write a comment on our table", "comment on table attendance.record is 'x'", DENIED),
    Attack("write a security label", "security label on table attendance.record is 'x'", "error 22023"),
    Attack(
        "make an event trigger",
        (
            "create function pg_temp.f() returns event_trigger language plpgsql as 'begin end'",
            "create event trigger x on ddl_command_start execute function pg_temp.f()",
        ),
        DENIED,
    ),
    Attack("publish our tables", "create publication x for all tables", DENIED),
    Attack(
        "subscribe to another server",
        "create subscription x connection 'host=/nowhere' publication y with (connect = false)",
        DENIED,
    ),
    Attack("make an extension that a superuser has to trust", "create extension dblink", DENIED),
    Attack("make an extension that anybody may", "create extension pg_trgm", DENIED),
    Attack("make a foreign server", "create server x foreign data wrapper postgres_fdw", "error 42704"),
    Attack("make a language", "create trusted language x handler plpgsql_call_handler", DENIED),
    Attack("reindex a table", "reindex table attendance.record", DENIED),
    Attack("cluster a table", "cluster attendance.record using record_pkey", DENIED),
    Attack("lock a table against everybody", "lock table attendance.record in access exclusive mode", DENIED),
    Attack("lock a table against writers", "lock table attendance.event in share mode", DENIED),
    Attack(
        "lock a table against schema changes, as a writer would",
        "lock table attendance.record in row exclusive mode",
        DENIED,
    ),
]

SERVER = [
    Attack("become an owner", "set role smartattend_owner", DENIED),
    Attack("become the keeper of sessions", "set role smartattend_session", DENIED),
    Attack("become the keeper of evidence", "set role smartattend_ledger", DENIED),
    Attack("become the operator", "set role smartattend_operator", DENIED),
    Attack("become the deployer", "set role smartattend_deployer", DENIED),
    Attack("become another application", "set role <login other_app>", DENIED),
    Attack("be somebody else from the beginning", "set session authorization smartattend_owner", DENIED),
    Attack("set the role by a function", "select set_config('role', 'smartattend_owner', true)", DENIED),
    Attack(
        "set the session's role by a function",
        "select set_config('session_authorization', 'smartattend_owner', true)",
        DENIED,
    ),
    Attack("make a role", "create role x", DENIED),
    Attack("make oneself a superuser", "alter role current_user superuser", DENIED),
    Attack("make oneself bypass policies", "alter role current_user bypassrls", DENIED),
    Attack("make the application's role log in", "alter role smartattend_app login", DENIED),
    Attack("join the owners", "grant smartattend_owner to current_user", DENIED),
    Attack("hand the application's role on", "grant smartattend_app to <login nobody>", DENIED),
    Attack("take what an owner has", "reassign owned by smartattend_owner to current_user", DENIED),
    Attack("drop what an owner has", "drop owned by smartattend_owner", DENIED),
    Attack("drop a role", "drop role smartattend_auditor", DENIED),
    Attack("set a parameter for the database", "alter database postgres set row_security = off", DENIED),
    Attack("set a parameter for every role", "alter role all set smartattend.token = 'x'", DENIED),
    Attack("set a parameter for the server", "alter system set fsync = off", DENIED, alone=True),
    Attack("be a replica, whose triggers sleep", "set session_replication_role = replica", DENIED),
    Attack("be a replica by a function", "select set_config('session_replication_role', 'replica', true)", DENIED),
    Attack(
        "turn policies off for oneself",
        ("set local row_security = off", "select * from attendance.record"),
        DENIED,
        token="alpha/admin",
    ),
    Attack("let errors be ignored", "set zero_damaged_pages = on", DENIED),
    Attack("change system tables", "set allow_system_table_mods = on", DENIED),
    Attack("write a policy's row by hand", "delete from pg_catalog.pg_policy", DENIED),
    Attack("read passwords", "select rolpassword from pg_catalog.pg_authid", DENIED),
    Attack("read a file", "select pg_read_file('postgresql.conf')", DENIED),
    Attack("read a file as bytes", "select pg_read_binary_file('global/pg_control')", DENIED),
    Attack("list a folder", "select * from pg_ls_dir('.')", DENIED),
    Attack("read the server's log folder", "select * from pg_ls_logdir()", DENIED),
    Attack("read the rules for connections", "select * from pg_catalog.pg_hba_file_rules", DENIED),
    Attack("read a table's file", "select pg_read_binary_file(pg_relation_filepath('attendance.event'))", DENIED),
    Attack("copy from a file", "copy tenancy.platform from '/etc/passwd'", DENIED),
    Attack("copy a file into one's table", ("create temp table x (y text)", "copy x from '/etc/passwd'"), DENIED),
    Attack("copy rows to a file", "copy (select 1) to '/tmp/hostile'", DENIED),
    Attack("copy rows to a program", "copy (select 1) to program 'true'", DENIED),
    Attack("copy from a program", ("create temp table x (y text)", "copy x from program 'true'"), DENIED),
    Attack("import a file as a large object", "select lo_import('/etc/passwd')", DENIED),
    Attack("export a large object to a file", "select lo_export(1, '/tmp/hostile')", DENIED),
    Attack("load a library", "load '/tmp/hostile'", DENIED),
    Attack(
        "make a function of a library",
        "create function pg_temp.f() returns int language c as '/tmp/hostile', 'f'",
        DENIED,
    ),
    Attack(
        "make a function of the server's code",
        "create function pg_temp.f() returns int language internal as 'pg_backend_pid'",
        DENIED,
    ),
    Attack("read the configuration's secrets", "select current_setting('ssl_passphrase_command')", DENIED),
    Attack("switch the write-ahead log", "select pg_switch_wal()", DENIED),
    Attack("begin a backup", "select pg_backup_start('x')", DENIED),
    Attack("make a slot of replication", "select pg_create_logical_replication_slot('x', 'test_decoding')", DENIED),
    Attack("reload the configuration", "select pg_reload_conf()", DENIED),
    Attack("rotate the log", "select pg_rotate_logfile()", DENIED),
    Attack("reset statistics", "select pg_stat_reset()", DENIED),
    Attack("write memory of another session to the log", "select pg_log_backend_memory_contexts(1)", DENIED),
]


@pytest.mark.parametrize("attack", [*WRITES, *READS, *CALLS, *DDL, *SERVER], ids=lambda attack: attack.sentence)
def test_the_application_cannot(world: World, attack: Attack) -> None:
    assert world.attempt(attack) == attack.comes
