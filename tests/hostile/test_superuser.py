"""A superuser can do everything. What of it is refused all the same, and what is found afterwards, and by whom.

Each tampering is a transaction of its own that is rolled back: what was sealed before is compared inside of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.hostile.world import Connection, World

KEPT = "error SA020"
OFF = "alter table {} disable trigger user"
REPLICA = "set local session_replication_role = replica"
EVENT = "(select key from attendance.event where tenant_id = <beta> and kind = 'in' order by key limit 1)"


@pytest.fixture(scope="module", autouse=True)
def sealed(world: World) -> None:
    """Everything that is there is in a block."""
    world.query("select * from api.check_out(gen_random_uuid(), token => <token alpha/s3>)")
    with world.connect("sealer") as sealer:
        # A transaction of whoever, autovacuum say, may hold the horizon a while.
        (until,) = world.query("select pg_current_xact_id()::text")[0]
        while world.query(f"select pg_snapshot_xmin(pg_current_snapshot()) <= '{until}'::xid8") == [(True,)]:
            pass
        while sealer.execute("select * from ledger.seal(1000, 50)").fetchall():
            pass
    assert world.query("select * from ledger.verify()") == []


@pytest.fixture
def superuser(world: World) -> Iterator[Connection]:
    """A transaction of a superuser's that is rolled back."""
    with psycopg.connect(world.dsn, options="-c lock_timeout=10s") as connection:
        yield connection
        connection.rollback()


def run(world: World, connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(world.filled(statement).encode())


def problems(connection: Connection, query: str = "select problem from ledger.verify()") -> set[str]:
    return {str(row[0]) for row in connection.execute(query.encode())}


STOPPED = [
    ("changes an event", "update attendance.event set claimed_at = now()", KEPT),
    ("deletes an event", "delete from attendance.event", KEPT),
    ("truncates the events", "truncate attendance.event cascade", KEPT),
    ("changes a refusal", "update ledger.refusal set code = 'SA999'", KEPT),
    ("truncates the refusals", "truncate ledger.refusal cascade", KEPT),
    ("changes a block", "update ledger.block set hash = hash", KEPT),
    ("deletes the blocks", "delete from ledger.block", KEPT),
    ("truncates the blocks", "truncate ledger.block cascade", KEPT),
    ("changes the leaves", "update ledger.tree set leaves = leaves", KEPT),
    ("changes what was captured", "update ledger.change set database_user = 'x'", KEPT),
    ("changes a payload", "update ledger.payload set payload = '{}'", KEPT),
    ("changes the history of a register", "update attendance.register_transition set reason = 'x'", KEPT),
    ("changes the history of a tenant", "update tenancy.tenant_transition set reason = 'x'", KEPT),
    ("changes a clock's sample", "update timing.clock_sample set queued = 0", KEPT),
]


@pytest.mark.parametrize("replica", [False, True], ids=["", "as a replica"])
@pytest.mark.parametrize(("sentence", "does", "comes"), STOPPED, ids=[case[0] for case in STOPPED])
def test_even_a_superuser_is_stopped_who(
    world: World, superuser: Connection, sentence: str, does: str, comes: str, replica: bool
) -> None:
    if replica:
        run(world, superuser, REPLICA)
    assert world.judged(superuser, does) == comes


FOUND = [
    (
        "edits an event",
        (OFF.format("attendance.event"), f"update attendance.event set claimed_zone = 'UTC' where key = {EVENT}"),
        {"row edited"},
    ),
    (
        "deletes an event",
        (REPLICA, OFF.format("attendance.event"), f"delete from attendance.event where key = {EVENT}"),
        {"row deleted"},
    ),
    (
        "back-dates an event",
        (
            OFF.format("attendance.event"),
            f"update attendance.event set recorded_at = recorded_at - interval '1 hour' where key = {EVENT}",
        ),
        {"row edited"},
    ),
    (
        "moves an event between tenants",
        (
            REPLICA,
            OFF.format("attendance.event"),
            f"update attendance.event set tenant_id = <alpha> where key = {EVENT}",
        ),
        {"row deleted", "row added"},
    ),
    (
        "swaps who two refusals are of",
        (
            OFF.format("ledger.refusal"),
            "update ledger.refusal set tenant_id = case tenant_id when <alpha> then <beta>::uuid "
            "else <alpha>::uuid end "
            "where tenant_id in (<alpha>, <beta>)",
        ),
        {"row deleted", "row added"},
    ),
    (
        "adds an event that never was, into a sealed block",
        (
            REPLICA,
            OFF.format("attendance.event"),
            "insert into attendance.event select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), "
            f"'key', gen_random_uuid(), 'record_id', gen_random_uuid()))).* from attendance.event as "
            f"e where key = {EVENT}",
        ),
        {"row added"},
    ),
    (
        "adds a row that no block will ever hold",
        (
            REPLICA,
            OFF.format("ledger.refusal"),
            "insert into ledger.refusal select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), "
            "'key', gen_random_uuid(), 'epoch', 99))).* from ledger.refusal as r limit 1",
        ),
        {"row outside every block"},
    ),
    (
        "edits the history of a tenant",
        (
            OFF.format("tenancy.tenant_transition"),
            "update tenancy.tenant_transition set via = 'x' where tenant_id = <beta>",
        ),
        {"row edited"},
    ),
    (
        "truncates the samples of clocks as a replica",
        (REPLICA, OFF.format("timing.clock_sample"), "delete from timing.clock_sample"),
        {"row deleted"},
    ),
    (
        "edits what was captured",
        (OFF.format("ledger.change"), "update ledger.change set database_user = 'nobody' where tenant_id = <beta>"),
        {"row edited"},
    ),
    (
        "edits a payload",
        (OFF.format("ledger.payload"), "update ledger.payload set payload = '{}' where tenant_id = <beta>"),
        {"payload edited"},
    ),
    (
        "deletes payloads without a redaction",
        (REPLICA, OFF.format("ledger.payload"), "delete from ledger.payload where tenant_id = <beta>"),
        {"payload deleted"},
    ),
    (
        "edits a block",
        (REPLICA, OFF.format("ledger.block"), "update ledger.block set sealed_at = sealed_at - interval '1 day'"),
        {"block changed"},
    ),
    (
        "deletes the first block",
        (REPLICA, OFF.format("ledger.block"), "delete from ledger.block where number = 1"),
        {"block missing"},
    ),
    (
        "edits the leaves to fit",
        (
            REPLICA,
            OFF.format("ledger.tree"),
            "update ledger.tree set leaves = decode(repeat('00', octet_length(leaves)), 'hex') where "
            "tenant_id = <beta>",
        ),
        {"leaves changed"},
    ),
    (
        "deletes a tree",
        (
            REPLICA,
            OFF.format("ledger.tree"),
            "delete from ledger.tree where tenant_id = <beta> and relation = 'attendance.event'",
        ),
        {"entries changed"},
    ),
]


@pytest.mark.parametrize(("sentence", "does", "comes"), FOUND, ids=[case[0] for case in FOUND])
def test_the_ledger_finds_a_superuser_who(
    world: World, superuser: Connection, sentence: str, does: tuple[str, ...], comes: set[str]
) -> None:
    run(world, superuser, *does)
    assert comes <= problems(superuser)


def test_a_finding_names_block_tenant_relation_and_row(world: World, superuser: Connection) -> None:
    event = world.value(f"select {EVENT}")
    run(world, superuser, OFF.format("attendance.event"))
    superuser.execute("update attendance.event set claimed_zone = 'UTC' where key = %s", [event])
    findings = superuser.execute("select tenant_id::text, relation, row_key, block from ledger.verify()").fetchall()
    assert [finding[:2] for finding in findings] == [(world.ids["beta"], "attendance.event")]
    assert str(event) in findings[0][2]
    assert findings[0][3] >= 1


@pytest.mark.parametrize("what", ["cuts the tail", "forges the whole chain anew"])
def test_a_digest_that_was_kept_outside_finds_a_superuser_who(world: World, superuser: Connection, what: str) -> None:
    """Inside, a chain that was made anew agrees with itself."""
    digest = superuser.execute("select number, hash from ledger.block order by number desc limit 1").fetchall()[0]
    run(
        world, superuser, REPLICA, OFF.format("ledger.block"), OFF.format("ledger.tree"), OFF.format("attendance.event")
    )
    if what == "cuts the tail":
        run(
            world,
            superuser,
            "delete from ledger.tree where block = (select max(number) from ledger.block)",
            "delete from ledger.block where number = (select max(number) from ledger.block)",
        )
    else:
        run(
            world,
            superuser,
            f"update attendance.event set claimed_zone = 'UTC' where key = {EVENT}",
            "delete from ledger.tree",
            "delete from ledger.block",
            "select * from ledger.seal()",
        )
        # what this transaction itself wrote is not sealed yet
        assert problems(superuser) <= {"row outside every block"}
    kept = superuser.execute("select hash from ledger.block where number = %s", [digest[0]]).fetchall()
    assert kept == [] or kept[0][0] != digest[1]


CAPTURED = [
    ("tenancy.site", "update tenancy.site set name = 'Elsewhere' where tenant_id = <beta>"),
    ("identity.membership", "update identity.membership set display_name = 'Nobody' where user_id = <beta/s1>"),
    ("identity.role_grant", "update identity.role_grant set role = 'school_admin' where user_id = <beta/f1>"),
    ("core.transition", "update core.transition set requires_reason = false"),
    ("tenancy.gate", "update tenancy.gate set capture_write = true"),
]


@pytest.mark.parametrize(("relation", "does"), CAPTURED, ids=[case[0] for case in CAPTURED])
def test_reconciliation_finds_a_superuser_who_edits_around_the_capture(
    world: World, superuser: Connection, relation: str, does: str
) -> None:
    run(world, superuser, REPLICA, OFF.format(relation), does)
    assert superuser.execute("select * from ledger.reconcile(%s)", [relation]).fetchall() != []


def test_reconciliation_finds_nothing_where_nobody_went_around(world: World) -> None:
    for relation, _ in CAPTURED:
        assert world.query("select * from ledger.reconcile(%s)", relation) == []


WEAKENED = [
    ("disables a trigger", "alter table attendance.event disable trigger event_100_append_only"),
    ("makes a trigger sleep for replicas", "alter table attendance.event enable trigger event_100_no_truncate"),
    ("drops a trigger", "drop trigger event_100_append_only on attendance.event"),
    ("drops a policy", "drop policy a_session_reads_its_own_or_its_scope on attendance.record"),
    (
        "adds a policy for everybody",
        "create policy a_hole on attendance.record for select to smartattend_app using (true)",
    ),
    ("turns policies off", "alter table attendance.record disable row level security"),
    ("takes the force of policies away", "alter table attendance.record no force row level security"),
    ("grants a table", "grant select on attendance.event to smartattend_app"),
    ("grants writing", "grant update on attendance.record to smartattend_app"),
    ("takes a table", "alter table attendance.record owner to current_user"),
    (
        "replaces the clock",
        "create or replace function core.clock() returns timestamptz language sql as 'select now()'",
    ),
    ("has a view run as its owner", "alter view api.attendance reset (security_invoker)"),
    ("takes a search path away", "alter function identity.bind_session(text) reset search_path"),
    ("drops a constraint", "alter table attendance.record drop constraint presence_does_not_overlap"),
    ("has a role bypass policies", "alter role smartattend_app bypassrls"),
    ("makes a role a superuser", "alter role smartattend_owner superuser"),
    ("lets a role log in", "alter role smartattend_owner login"),
    ("makes the application an owner", "grant smartattend_owner to smartattend_app"),
    ("gives a role a setting", "alter role smartattend_app set row_security = off"),
]


@pytest.mark.parametrize(("sentence", "does"), WEAKENED, ids=[case[0] for case in WEAKENED])
def test_the_guard_finds_a_superuser_who(world: World, superuser: Connection, sentence: str, does: str) -> None:
    """Unarmed, the guard detects."""
    run(world, superuser, "select guard.accept('the state before the attack')")
    before = problems(superuser, "select v::text from guard.verify() as v")
    run(world, superuser, does)
    assert problems(superuser, "select v::text from guard.verify() as v") > before


@pytest.mark.parametrize(("sentence", "does"), WEAKENED[:14], ids=[case[0] for case in WEAKENED[:14]])
def test_the_armed_guard_refuses_a_superuser_who(world: World, superuser: Connection, sentence: str, does: str) -> None:
    """But for commands on roles, which no event trigger sees."""
    run(world, superuser, "select guard.arm()")
    assert world.judged(superuser, does) == "error SA040"
