"""The login that ships changes may become the owners. It is no superuser, and inherits nothing by itself."""

from __future__ import annotations

import pytest

from tests.hostile.world import Attack, World

DENIED = "error 42501"

ATTACKS = [
    Attack("it reads the records without becoming anybody", "select * from attendance.record", DENIED),
    Attack("it writes the records without becoming anybody", "update attendance.record set code = 'P'", DENIED),
    Attack("it checks somebody in", "select * from api.check_in(gen_random_uuid(), token => <token alpha/s1>)", DENIED),
    Attack("it becomes the application", "set role smartattend_app", DENIED),
    Attack("it becomes the auditor", "set role smartattend_auditor", DENIED),
    Attack("it becomes the sealer", "set role smartattend_sealer", DENIED),
    Attack("it becomes a superuser", "set role postgres", DENIED),
    Attack("it becomes another session's user", "set session authorization smartattend_owner", DENIED),
    Attack("it makes itself a superuser", "alter role current_user superuser", DENIED),
    Attack("it makes itself bypass policies", "alter role current_user bypassrls", DENIED),
    Attack("it makes the owner bypass policies", "alter role smartattend_owner bypassrls", DENIED),
    Attack("it makes the owner log in", "alter role smartattend_owner login", DENIED),
    Attack("it makes a role", "create role x", DENIED),
    Attack("it drops a role", "drop role smartattend_auditor", DENIED),
    Attack("it grants the owner to the application", "grant smartattend_owner to smartattend_app", DENIED),
    Attack("it sleeps through triggers", "set session_replication_role = replica", DENIED),
    Attack(
        "it sleeps through triggers as the owner",
        ("set local role smartattend_owner", "set session_replication_role = replica"),
        DENIED,
    ),
    Attack(
        "it makes an event trigger as the owner",
        (
            "set local role smartattend_owner",
            "create function core.x() returns event_trigger language plpgsql as 'begin end'",
            "create event trigger x on ddl_command_start execute function core.x()",
        ),
        DENIED,
    ),
    Attack(
        "it makes a function that leaks nothing, as the owner",
        (
            "set local role smartattend_owner",
            "create function core.x() returns int language sql leakproof as 'select 1'",
        ),
        DENIED,
    ),
    Attack(
        "it makes a function of a library as the owner",
        ("set local role smartattend_owner", "create function core.x() returns int language c as '/tmp/x', 'x'"),
        DENIED,
    ),
    Attack(
        "it reads a file as the owner",
        ("set local role smartattend_owner", "select pg_read_file('PG_VERSION')"),
        DENIED,
    ),
    Attack("it starts a program", "copy (select 1) to program 'true'", DENIED),
    Attack("it changes the server", "alter system set fsync = off", DENIED, alone=True),
    Attack("it reads passwords", "select rolpassword from pg_catalog.pg_authid", DENIED),
    Attack("it writes the catalog", "update pg_catalog.pg_class set relrowsecurity = false", DENIED),
    Attack(
        "it reads records as the owner, of no tenant",
        ("set local role smartattend_owner", "select * from attendance.record"),
        "no rows",
    ),
    Attack(
        "it reads the hashes of tokens as the owner",
        ("set local role smartattend_owner", "select * from identity.login_session"),
        DENIED,
    ),
    Attack(
        "it truncates the events as the owner",
        ("set local role smartattend_owner", "truncate attendance.event cascade"),
        "error SA020",
    ),
    Attack(
        "it truncates the blocks as the keeper of evidence",
        ("set local role smartattend_ledger", "truncate ledger.block"),
        "error SA020",
    ),
    Attack(
        "it makes a second first superadmin", "select identity.bootstrap_superadmin('me@example.org')", "error SA112"
    ),
    Attack(
        "it kills another's session",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '<login app>'",
        DENIED,
    ),
    Attack("it drops the database", "drop database template1", DENIED, alone=True),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.sentence)
def test_a_deployer_gone_wrong(world: World, attack: Attack) -> None:
    if "kills" in attack.sentence:
        world.connection("app")
    said = world.attempt(Attack(attack.sentence, attack.does, attack.comes, "deployer", alone=attack.alone))
    assert said == attack.comes
