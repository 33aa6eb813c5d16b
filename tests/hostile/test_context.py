"""Who acts is said by a token and by nothing else: whatever a session sets, shadows, prepares or leaves behind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.hostile.world import Attack, Connection, World, uuids

WHO = "select distinct tenant_id from attendance.record"
NONE = "no rows"
ALPHA = "rows: alpha"
CHECK_IN = "select * from api.check_in(key => gen_random_uuid(), subject_id => <beta/s2>)"
UNKNOWN = "error SA011"

BOUND = (
    "bound_tenant",
    "capture_read",
    "capture_write",
    "administration_read",
    "administration_write",
    "ordinary_read",
    "ordinary_write",
)


def setting(name: str, value: str = "<beta>") -> str:
    return f"set local smartattend.{name} = {value}"


def token(name: str) -> str:
    return f"set local smartattend.token = <token {name}>"


ACTOR = "select set_config('smartattend.bound_actor', '(' || <beta> || ',' || <beta/admin> || ',,,,user,0)', true)"
FORGED = [*(setting(name) for name in BOUND), ACTOR]

SETTINGS = [
    *(Attack(f"set smartattend.{name} by hand", (setting(name), WHO), NONE) for name in BOUND),
    Attack("set the bound actor by hand", (ACTOR, WHO), NONE),
    Attack("set the whole of a context by hand", (*FORGED, WHO), NONE),
    Attack("command in a context set by hand", (*FORGED, CHECK_IN), "error SA001"),
    Attack("command with one's own token in the context of another", (*FORGED, CHECK_IN), UNKNOWN, token="alpha/admin"),
    Attack("read with one's own token in the context of another", (*FORGED, WHO), ALPHA, token="alpha/admin"),
    Attack(
        "stay in another context when one's own command failed",
        (token("alpha/s1"), "savepoint x", *FORGED, "select api.check_in(gen_random_uuid())", *FORGED, WHO),
        ALPHA,
    ),
    Attack(
        "keep what a command bound, with the token taken away",
        (
            "select api.check_in(gen_random_uuid(), token => <token alpha/admin>)",
            "set local smartattend.token = ''",
            WHO,
        ),
        NONE,
    ),
    Attack(
        "command on with what an earlier command bound",
        (
            "select api.check_in(gen_random_uuid(), token => <token alpha/admin>)",
            "select * from api.check_in(gen_random_uuid())",
        ),
        "error SA001",
    ),
    Attack(
        "read with what the platform's session bound",
        (
            "select api.tenant_transition(gen_random_uuid(), <beta>, 'restrict', 'has not paid for months', "
            "token => <token platform/root>)",
            WHO,
        ),
        NONE,
    ),
    Attack("name a setting of one's own tenant_id", ("set local smartattend.tenant_id = <beta>", WHO), NONE),
    Attack("name a user", ("set local smartattend.user_id = <beta/admin>", WHO), NONE),
    Attack("write the names of settings in capitals", ("set local SMARTATTEND.BOUND_TENANT = <beta>", WHO), NONE),
    Attack(
        "read what a verifier says of a context set by hand",
        (*FORGED, "select * from identity.current_session()"),
        NONE,
    ),
    Attack(
        "ask a verifier for the tenant of a context set by hand",
        (*FORGED, "select identity.session_tenant('capture_read')"),
        "rows: None",
    ),
    Attack("ask for every gate at once", "select identity.session_tenant('')", "rows: None"),
    Attack(
        "hold a permission by hand",
        (*FORGED, "select identity.session_holds('attendance.read')"),
        "rows: False",
    ),
    Attack("have units by hand", (*FORGED, "select * from identity.session_units('attendance.read')"), NONE),
]

TOKENS = [
    Attack("the empty token", (setting("token", "''"), WHO), NONE),
    Attack("a token that is a wildcard", (setting("token", "'%'"), WHO), NONE),
    Attack("a token that is SQL", (setting("token", "''' or true --'"), WHO), NONE),
    Attack("a token of a megabyte", ("select set_config('smartattend.token', repeat('x', 1048576), true)", WHO), NONE),
    Attack("a revoked token reads", WHO, NONE, token="alpha/revoked"),
    Attack(
        "a revoked token commands",
        "select * from api.check_in(gen_random_uuid())",
        "error SA004",
        token="alpha/revoked",
    ),
    Attack("an expired token reads", WHO, NONE, token="alpha/expired"),
    Attack(
        "an expired token commands",
        "select * from api.check_in(gen_random_uuid())",
        "error SA003",
        token="alpha/expired",
    ),
    Attack(
        "another tenant's number in one's own token",
        (
            "select set_config('smartattend.token', overlay(<token alpha/admin> placing "
            "replace(<beta>, '-', '') from 4), true)",
            WHO,
        ),
        NONE,
    ),
    Attack(
        "command with another tenant's number in one's own token",
        "select * from api.check_in(gen_random_uuid(), token => overlay(<token alpha/admin> placing "
        "replace(<beta>, '-', '') from 4))",
        "error SA002",
    ),
    Attack(
        "a token whose last digit is another",
        ("select set_config('smartattend.token', left(<token alpha/admin>, -1) || 'x', true)", WHO),
        NONE,
    ),
    Attack(
        "a token with a space behind it",
        "select * from api.check_in(gen_random_uuid(), token => <token alpha/admin> || ' ')",
        "error SA002",
    ),
    Attack(
        "a token in capitals",
        "select * from api.check_in(gen_random_uuid(), token => upper(<token alpha/admin>))",
        "error SA002",
    ),
    Attack(
        "the SHA-256 of a token in its place",
        "select * from api.check_in(gen_random_uuid(), token => encode(sha256(<token alpha/admin>::bytea), 'hex'))",
        "error SA002",
    ),
    Attack(
        "a device's token where a person acts for oneself",
        "select * from api.check_in(gen_random_uuid(), token => <token alpha/kiosk>)",
        "error SA011",
    ),
    Attack(
        "a pupil's token for the settings of the school",
        'select * from api.setting_put(gen_random_uuid(), \'{"late_after": "00:30"}\', \'because I '
        "want it so', <token alpha/s1>)",
        "refused SA104",
    ),
    Attack(
        "the parameter decides, not the setting that somebody left",
        ("select api.check_in(gen_random_uuid(), token => <token alpha/s1>)", "select identity.session_user_id()"),
        "rows: beta/admin",
        token="beta/admin",
    ),
    Attack(
        "a wrong parameter is not made good by a setting that is right",
        "select * from api.check_in(gen_random_uuid(), token => 'x')",
        "error SA002",
        token="alpha/admin",
    ),
    Attack(
        "an empty parameter is not made good by a setting that is right",
        "select * from api.check_in(gen_random_uuid(), token => '')",
        "error SA002",
        token="alpha/admin",
    ),
]

TRANSACTIONS = [
    Attack(
        "a token that a savepoint took back",
        (token("alpha/admin"), "savepoint x", token("beta/admin"), "rollback to x", WHO),
        ALPHA,
    ),
    Attack(
        "a token that a block took back",
        (
            token("alpha/admin"),
            "do $$ begin perform set_config('smartattend.token', <token beta/admin>, true); raise exception 'x'; "
            "exception when others then null; end $$",
            WHO,
        ),
        ALPHA,
    ),
    Attack(
        "a prepared statement of one who had a token",
        (
            token("alpha/admin"),
            f"prepare ctx1 as {WHO}",
            "execute ctx1",
            "set local smartattend.token = ''",
            "execute ctx1",
        ),
        NONE,
    ),
    Attack(
        "a prepared statement, six times, so that its plan is kept",
        (
            token("alpha/admin"),
            f"prepare ctx2 as {WHO}",
            *["execute ctx2"] * 6,
            "set local plan_cache_mode = force_generic_plan",
            token("alpha/revoked"),
            "execute ctx2",
        ),
        NONE,
    ),
    Attack(
        "a prepared command of one who had a token",
        (
            token("alpha/admin"),
            "prepare ctx3 as select * from api.check_in(gen_random_uuid())",
            "set local smartattend.token = ''",
            "execute ctx3",
        ),
        "error SA001",
    ),
    Attack(
        "a cursor declared with a token, asked for the first time without",
        (token("alpha/admin"), f"declare c cursor for {WHO}", "set local smartattend.token = ''", "fetch all from c"),
        NONE,
    ),
    Attack(
        "a cursor in the middle, with another's context",
        (
            token("alpha/admin"),
            "declare c cursor for select tenant_id from attendance.code",
            "fetch 1 from c",
            *FORGED,
            "fetch 1 from c",
        ),
        ALPHA,
    ),
    Attack(
        "a function of one's own that runs as its owner",
        (
            "create function pg_temp.f() returns setof uuid language sql security definer as "
            "'select distinct tenant_id from attendance.record'",
            "select * from pg_temp.f()",
        ),
        NONE,
    ),
    Attack(
        "a command at another isolation level",
        ("set transaction isolation level serializable", "select * from api.check_in(gen_random_uuid())"),
        "error SA006",
    ),
    Attack(
        "a command in a transaction that reads only",
        ("set transaction read only", "select * from api.check_in(gen_random_uuid(), token => <token alpha/s1>)"),
        "error 25006",
    ),
    Attack("a block with a commit of its own", "do $$ begin commit; end $$", "error 2D000"),
]

SHADOWS = [
    Attack(
        "a table of one's own in the place of the members",
        (
            "create temp table membership (tenant_id uuid, user_id uuid)",
            "set local search_path = pg_temp, identity, api, pg_catalog",
            "select identity.session_holds('attendance.read')",
        ),
        "rows: False",
        token="alpha/s1",
    ),
    Attack(
        "a view of one's own in the place of the sessions",
        (
            "create temp view login_session as select 1 as id",
            "set local search_path = pg_temp, identity",
            "select * from identity.current_session()",
        ),
        NONE,
    ),
    *(
        Attack(
            f"a function {name} of one's own before the server's",
            (
                f"create function pg_temp.{name} {body}",
                "set local search_path = pg_temp, pg_catalog",
                WHO,
            ),
            NONE,
        )
        for name, body in {
            "current_setting": "(text, boolean) returns text language sql as $$ select <beta>::text $$",
            "set_config": "(text, text, boolean) returns text language sql as $$ select 'x' $$",
            "sha256": "(bytea) returns bytea language sql as $$ select ''::bytea $$",
            "strpos": "(text, text) returns int language sql as $$ select 1 $$",
            "convert_to": "(text, name) returns bytea language sql as $$ select ''::bytea $$",
        }.items()
    ),
    Attack(
        "an operator = of one's own before the server's",
        (
            "create function pg_temp.yes(uuid, uuid) returns boolean language sql as 'select true'",
            "create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = pg_temp.yes)",
            "set local search_path = pg_temp, pg_catalog",
            WHO,
        ),
        NONE,
    ),
    Attack(
        "an operator = of one's own in the path of a command",
        (
            "create function pg_temp.yes(uuid, uuid) returns boolean language sql as 'select true'",
            "create operator pg_temp.= (leftarg = uuid, rightarg = uuid, function = pg_temp.yes)",
            "set local search_path = pg_temp, pg_catalog",
            "select * from api.register_open(gen_random_uuid(), <beta/math>)",
        ),
        UNKNOWN,
        token="alpha/admin",
    ),
    Attack(
        "a type uuid of one's own before the server's",
        (
            "create domain pg_temp.uuid as text",
            "set local search_path = pg_temp, pg_catalog",
            "select * from api.register_open(gen_random_uuid(), <beta/math>)",
        ),
        UNKNOWN,
        token="alpha/admin",
    ),
    Attack(
        "a cast of one's own from text to the actor's type",
        "create cast (text as core.actor) with inout as implicit",
        "error 42501",
    ),
    Attack(
        "an empty search path",
        ("set local search_path = ''", "select * from api.register_open(gen_random_uuid(), <beta/math>)"),
        UNKNOWN,
        token="alpha/admin",
    ),
]


@pytest.mark.parametrize("attack", [*SETTINGS, *TOKENS, *TRANSACTIONS, *SHADOWS], ids=lambda attack: attack.sentence)
def test_a_context_is_not_forged_by(world: World, attack: Attack) -> None:
    assert world.attempt(attack) == attack.comes


# --- over several transactions, and several sessions -----------------------------------------------------------


@pytest.fixture
def app(world: World) -> Iterator[Connection]:
    """A connection of the application, of the test's own."""
    with world.connect() as connection:
        yield connection


@pytest.fixture
def other(world: World) -> Iterator[Connection]:
    """One more."""
    with world.connect() as connection:
        yield connection


def tenants(connection: Connection) -> list[str]:
    return [str(tenant) for (tenant,) in connection.execute("select distinct tenant_id from attendance.record")]


def give(connection: Connection, token: str, *, local: bool) -> None:
    connection.execute("select set_config('smartattend.token', %s, %s)", [token, local])


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_token_of_a_transaction_is_gone_with_it(world: World, app: Connection, end: str) -> None:
    app.execute("begin")
    give(app, world.tokens["alpha/admin"], local=True)
    assert tenants(app) == [world.ids["alpha"]]
    app.execute(end.encode())
    assert tenants(app) == []
    assert world.judged(app, "select * from api.check_in(gen_random_uuid())") == "error SA001"


def test_a_token_of_one_statement_is_gone_with_it(world: World, app: Connection) -> None:
    give(app, world.tokens["alpha/admin"], local=True)
    assert tenants(app) == []


def test_a_token_that_is_revoked_between_two_statements_of_a_transaction_is_dead(
    world: World, app: Connection, other: Connection
) -> None:
    token = world.value("select tap.token('alpha/admin')")
    app.execute("begin")
    give(app, token, local=True)
    assert tenants(app) == [world.ids["alpha"]]
    assert other.execute("select identity.revoke_token(%s)", [token]).fetchone() == (True,)
    assert tenants(app) == []
    assert world.judged(app, "select * from api.check_in(gen_random_uuid())") == "error SA004"


def test_a_token_that_was_never_committed_is_none(world: World, app: Connection) -> None:
    with psycopg.connect(world.dsn) as issuer:
        slug = world.value("select slug from tenancy.tenant where tenant_id = <alpha>")
        token = issuer.execute("select identity.login(%s, 'admin')", [slug]).fetchall()[0][0]
        give(app, token, local=False)
        assert tenants(app) == []
        issuer.rollback()
    assert tenants(app) == []


def test_what_a_command_bound_is_gone_with_the_transaction(world: World, app: Connection) -> None:
    app.execute("select api.check_in(gen_random_uuid(), token => %s)", [world.tokens["alpha/s1"]])
    bound = [app.execute("select current_setting(%s, true)", [f"smartattend.{n}"]).fetchone() for n in BOUND]
    assert {row[0] for row in bound if row} <= {"", None}


def test_a_held_cursor_holds_what_its_own_token_saw(world: World, app: Connection) -> None:
    app.execute("begin")
    give(app, world.tokens["alpha/admin"], local=True)
    app.execute("declare held cursor with hold for select distinct tenant_id from attendance.code")
    app.execute("commit")
    app.execute("begin")
    give(app, world.tokens["beta/admin"], local=True)
    assert [str(row[0]) for row in app.execute("fetch all from held")] == [world.ids["alpha"]]
    app.execute("commit")


def test_discard_all_leaves_nothing_of_whoever_was_there_before(world: World, app: Connection) -> None:
    give(app, world.tokens["alpha/admin"], local=False)
    app.execute("prepare mine as select 1")
    app.execute("create temp table kept as select * from api.member")
    app.execute("discard all")
    assert tenants(app) == []
    assert world.judged(app, "select * from kept") == "error 42P01"


@pytest.mark.parametrize("name", [*BOUND, "bound_actor", "token"])
def test_the_application_sets_no_default_for_its_sessions_to_come(world: World, app: Connection, name: str) -> None:
    """A login may change its own defaults; settings that are nobody's take a superuser."""
    said = world.judged(app, f"alter role {world.login('app')} set smartattend.{name} = <beta>")
    assert said == "error 42501"


def test_a_default_that_a_superuser_set_for_a_login_binds_nothing(world: World) -> None:
    login = world.login("app")
    for name in BOUND:
        world.superuser.execute(f"alter role {login} set smartattend.{name} = '{world.ids['beta']}'".encode())
    try:
        with world.connect() as connection:
            assert connection.execute("show smartattend.bound_tenant").fetchall() == [(world.ids["beta"],)]
            assert tenants(connection) == []
            give(connection, world.tokens["alpha/admin"], local=False)
            assert tenants(connection) == [world.ids["alpha"]]
            assert world.judged(connection, CHECK_IN) == UNKNOWN
    finally:
        world.superuser.execute(f"alter role {login} reset all".encode())


def test_a_login_that_changes_its_own_search_path_changes_nothing(world: World, app: Connection) -> None:
    app.execute(f"alter role {world.login('app')} set search_path = pg_temp, api, identity, attendance".encode())
    try:
        with world.connect() as connection:
            give(connection, world.tokens["alpha/s1"], local=False)
            assert world.judged(connection, "select * from api.check_out(gen_random_uuid(), <beta/s1>)") == UNKNOWN
    finally:
        app.execute(f"alter role {world.login('app')} reset all".encode())


def test_two_sessions_at_once_are_two_people(world: World, app: Connection, other: Connection) -> None:
    give(app, world.tokens["alpha/admin"], local=False)
    give(other, world.tokens["beta/admin"], local=False)
    for _ in range(3):
        assert tenants(app) == [world.ids["alpha"]]
        assert tenants(other) == [world.ids["beta"]]


def test_row_by_row_another_token_is_the_other_s_right_and_no_more(world: World, app: Connection) -> None:
    """Who changes the token between the rows of one statement gets what each token may see, never a mixture."""
    app.execute("begin")
    give(app, world.tokens["alpha/s1"], local=True)
    rows = app.execute(
        "select r.tenant_id, r.subject_id, set_config('smartattend.token', %s, true) from attendance.record as r",
        [world.tokens["alpha/s4"]],
    ).fetchall()
    assert {str(row[1]) for row in rows} == {world.ids["alpha/s1"]}
    assert uuids(app.execute("select subject_id from attendance.record").fetchall()) == {world.ids["alpha/s4"]}
    app.execute("rollback")


def test_a_key_of_another_tenant_is_as_good_as_any(world: World) -> None:
    """The same key in two tenants is two commands: neither a replay nor a refusal tells one of the other."""
    key = world.value("select key from attendance.event where tenant_id = <beta> and kind = 'in' limit 1")
    assert isinstance(key, uuid.UUID)
    said, changed = world.effect("alpha/s2", f"select * from api.check_out('{key}')", "beta", "delta")
    assert "accepted" in said
    assert changed == set()
