"""What one session cannot show: callers that meet. Every wait is seen in pg_stat_activity, none is guessed."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests import harness, mutation

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
PATIENCE = 30.0
"""Seconds after which a wait that should have come has not."""
NEVER_WAITED = "the second caller never waited for the first"


@dataclass
class World:
    """A database with a school: connections as the application, tokens and identifiers by name."""

    dsn: str
    observer: Connection
    ids: dict[str, uuid.UUID]
    tokens: dict[str, str]
    pool: ThreadPoolExecutor
    connections: list[Connection] = field(default_factory=list)

    def connect(self, role: str = "smartattend_app", *, autocommit: bool = True) -> Connection:
        connection = psycopg.connect(
            self.dsn, autocommit=autocommit, row_factory=dict_row, options=f"-c role={role} -c timezone=UTC"
        )
        self.connections.append(connection)
        return connection

    def blocked(self, connection: Connection) -> str:
        """Wait until the connection waits for a lock; returns pg_stat_activity's name for what it waits for."""
        query = """
            select wait_event from pg_catalog.pg_stat_activity
            where pid = %s and wait_event_type = 'Lock' and pg_catalog.cardinality(pg_catalog.pg_blocking_pids(pid)) > 0
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            row = self.observer.execute(query, [connection.info.backend_pid]).fetchone()
            if row is not None:
                return str(row["wait_event"])
        raise AssertionError(NEVER_WAITED)

    def later(self, call: Callable[[], Any]) -> Future[Any]:
        """Run a call that will wait, in a thread."""
        return self.pool.submit(call)

    def count(self, query: str, *parameters: Any) -> int:
        row = self.observer.execute(f"select ({query}) as number", parameters).fetchone()
        assert row is not None
        return int(row["number"])

    def agrees(self) -> None:
        """Every record equals its last event, and no revision is missing or doubled."""
        assert self.observer.execute("select * from tap.stale_record").fetchall() == []


def call(connection: Connection, function: str, **arguments: Any) -> Row:
    """One call of api.*; returns its outcome (the first row of a batch)."""
    rows = calls(connection, function, **arguments)
    return rows[0]


def calls(connection: Connection, function: str, **arguments: Any) -> list[Row]:
    named = ", ".join(f"{name} => %({name})s" for name in arguments)
    return connection.execute(f"select * from api.{function}({named})", arguments).fetchall()


def but_status(outcome: Row) -> Row:
    return {name: value for name, value in outcome.items() if name != "status"}


PEOPLE = ("s1", "s2", "s3", "officer", "admin", "f1", "f2")
THINGS = (*PEOPLE, "math", "latin", "10A", "10B", "kiosk")


def a_school(dsn: str) -> str:
    """Give a deployed database what the pgTAP tests share, but without pgTAP."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("grant usage on schema tap to public")
    return dsn


@contextmanager
def a_world(dsn: str) -> Iterator[World]:
    """A school of the test's own (the fixture salts names with the backend's number)."""
    observer = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
    observer.execute("select tap.school('alpha')")
    ids = {
        name: row["id"]
        for name in THINGS
        for row in observer.execute("select tap.id('alpha/' || %s) as id", [name]).fetchall()
    }
    ids["tenant"] = observer.execute("select tap.id('alpha') as id").fetchall()[0]["id"]
    tokens = {
        name: row["token"]
        for name in PEOPLE
        for row in observer.execute("select tap.token('alpha/' || %s) as token", [name]).fetchall()
    }
    row = observer.execute("select tap.device_token('alpha/kiosk') as token").fetchone()
    assert row is not None
    tokens["kiosk"] = row["token"]
    with ThreadPoolExecutor(max_workers=32) as pool:
        made = World(dsn, observer, ids, tokens, pool)
        try:
            yield made
        finally:
            # also those that a failed test left waiting for each other
            for connection in made.connections:
                observer.execute("select pg_catalog.pg_terminate_backend(%s)", [connection.info.backend_pid])
                connection.close()
    observer.close()


@pytest.fixture(scope="module")
def school_dsn(clone: Callable[[], str]) -> str:
    """A deployed database with what the pgTAP tests share, but without pgTAP."""
    return a_school(clone())


@pytest.fixture
def world(school_dsn: str) -> Iterator[World]:
    with a_world(school_dsn) as made:
        yield made


def at_once(world: World, number: int, work: Callable[[Connection, int], Any]) -> list[Any]:
    """The same work from so many connections, released by a barrier."""
    barrier = threading.Barrier(number)
    connections = [world.connect() for _ in range(number)]

    def run(position: int) -> Any:
        barrier.wait(PATIENCE)
        return work(connections[position], position)

    return [future.result(PATIENCE) for future in [world.pool.submit(run, n) for n in range(number)]]


def test_sixteen_callers_with_one_key_make_one_event(world: World) -> None:
    for _ in range(5):
        key = uuid.uuid4()
        person = world.observer.execute(
            "select tap.member('alpha', 'p' || %s) as id", [uuid.uuid4().hex[:8]]
        ).fetchall()[0]["id"]
        outcomes = at_once(
            world,
            16,
            lambda connection, _, key=key, person=person: call(
                connection, "check_in", key=key, subject_id=person, token=world.tokens["officer"]
            ),
        )
        assert Counter(outcome["status"] for outcome in outcomes) == {"accepted": 1, "replayed": 15}
        assert all(but_status(outcome) == but_status(outcomes[0]) for outcome in outcomes)
        assert outcomes[0]["id"] is not None
        assert world.count("select count(*) from attendance.event where key = %s", key) == 1
        assert world.count("select count(*) from attendance.record where subject_id = %s", person) == 1
    world.agrees()


def test_sixteen_keys_of_one_person_at_once_are_one_punch(world: World) -> None:
    outcomes = at_once(
        world, 16, lambda connection, _: call(connection, "check_in", key=uuid.uuid4(), token=world.tokens["s1"])
    )
    assert Counter(outcome["status"] for outcome in outcomes) == {"accepted": 1, "replayed": 15}
    assert len({outcome["id"] for outcome in outcomes}) == 1
    assert world.count("select count(*) from attendance.event where subject_id = %s", world.ids["s1"]) == 1
    world.agrees()


def test_the_second_caller_waits_for_the_first_and_replays(world: World) -> None:
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    outcome = call(first, "check_in", key=key, token=world.tokens["s1"])
    assert outcome["status"] == "accepted"
    waiting = world.later(lambda: call(second, "check_in", key=key, token=world.tokens["s1"]))
    assert world.blocked(second) in ("transactionid", "tuple")
    first.commit()
    replay = waiting.result(PATIENCE)
    assert replay["status"] == "replayed"
    assert but_status(replay) == but_status(outcome)
    assert world.count("select count(*) from attendance.event where key = %s", key) == 1


def test_the_second_caller_is_the_first_when_the_first_gives_up(world: World) -> None:
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    call(first, "check_in", key=key, token=world.tokens["s1"])
    waiting = world.later(lambda: call(second, "check_in", key=key, token=world.tokens["s1"]))
    world.blocked(second)
    first.rollback()
    assert waiting.result(PATIENCE)["status"] == "accepted"
    assert world.count("select count(*) from attendance.event where key = %s", key) == 1
    world.agrees()


def test_the_clock_is_read_after_the_wait(world: World) -> None:
    first, second = world.connect(autocommit=False), world.connect()
    call(first, "check_in", key=uuid.uuid4(), token=world.tokens["s1"])
    key = uuid.uuid4()
    waiting = world.later(lambda: call(second, "check_out", key=key, token=world.tokens["s1"]))
    world.blocked(second)
    before = world.observer.execute("select pg_catalog.clock_timestamp() as now").fetchall()[0]["now"]
    first.commit()
    assert waiting.result(PATIENCE)["revision"] == 2
    received = world.observer.execute("select recorded_at from attendance.event where key = %s", [key]).fetchall()
    assert received[0]["recorded_at"] > before
    world.agrees()


@pytest.mark.parametrize("both_are_open", [False, True])
def test_two_people_with_one_key_and_only_one_has_it(world: World, both_are_open: bool) -> None:
    """The loser's refusal writes nothing else: a record that was open stays open."""
    morning = "2026-03-02 08:00+00"
    people = ["s2", "s1"] if both_are_open else ["s2"]
    for person in people:
        opened = call(world.connect(), "check_in", key=uuid.uuid4(), claimed_at=morning, token=world.tokens[person])
        assert opened["status"] == "accepted"
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    assert call(first, "check_in", key=key, token=world.tokens["s1"])["status"] == "accepted"
    waiting = world.later(lambda: call(second, "check_in", key=key, token=world.tokens["s2"]))
    world.blocked(second)
    first.commit()
    refusal = waiting.result(PATIENCE)
    assert (refusal["status"], refusal["code"]) == ("refused", "SA102")
    assert world.count("select count(*) from attendance.event where subject_id = %s", world.ids["s2"]) == 1
    assert world.count("select count(*) from attendance.record where subject_id = %s and is_open", world.ids["s2"]) == 1
    assert world.count("select count(*) from ledger.refusal where key = %s", key) == 1
    world.agrees()


def test_a_key_that_another_command_holds_waits_and_replays(world: World) -> None:
    """Commands without a row of their own wait on core.idempotency."""
    first, second, third = world.connect(autocommit=False), world.connect(), world.connect()
    key = uuid.uuid4()
    outcome = call(first, "register_open", key=key, session_id=world.ids["math"], token=world.tokens["f1"])
    assert outcome["status"] == "accepted"
    same = world.later(
        lambda: call(second, "register_open", key=key, session_id=world.ids["math"], token=world.tokens["f1"])
    )
    other = world.later(
        lambda: call(third, "register_open", key=key, session_id=world.ids["latin"], token=world.tokens["officer"])
    )
    assert world.blocked(second) == "transactionid"
    assert world.blocked(third) == "transactionid"
    first.commit()
    replay = same.result(PATIENCE)
    assert replay["status"] == "replayed"
    assert but_status(replay) == but_status(outcome)
    assert other.result(PATIENCE)["code"] == "SA102"
    assert world.count("select count(*) from core.idempotency where key = %s", key) == 1


def test_a_key_is_given_back_to_the_one_who_waits_when_the_first_is_refused(world: World) -> None:
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    # a student may not open a register; the claim is in flight until the transaction ends
    refusal = call(first, "register_open", key=key, session_id=world.ids["math"], token=world.tokens["s1"])
    assert refusal["code"] == "SA104"
    waiting = world.later(
        lambda: call(second, "register_open", key=key, session_id=world.ids["math"], token=world.tokens["f1"])
    )
    first.commit()
    assert waiting.result(PATIENCE)["status"] == "accepted"


def test_a_register_and_a_check_in_of_a_pupil_come_one_after_the_other(world: World) -> None:
    teacher, pupil = world.connect(autocommit=False), world.connect()
    call(teacher, "register_open", key=uuid.uuid4(), session_id=world.ids["math"], token=world.tokens["f1"])
    teacher.commit()
    marks = psycopg.types.json.Jsonb(
        [{"subject_id": str(world.ids["s1"]), "code": "AU"}, {"subject_id": str(world.ids["s2"]), "code": "P"}]
    )
    rows = calls(
        teacher,
        "register_submit",
        key=uuid.uuid4(),
        session_id=world.ids["math"],
        marks=marks,
        token=world.tokens["f1"],
    )
    assert [row["status"] for row in rows] == ["accepted"] * 3
    waiting = world.later(lambda: call(pupil, "check_in", key=uuid.uuid4(), token=world.tokens["s1"]))
    world.blocked(pupil)
    teacher.commit()
    arrival = waiting.result(PATIENCE)
    assert (arrival["status"], arrival["revision"], arrival["detail"]["code"]) == ("accepted", 2, "P")
    assert world.count("select count(*) from attendance.record where subject_id = %s", world.ids["s1"]) == 1
    world.agrees()


def test_two_reviewers_of_one_record_come_one_after_the_other(world: World) -> None:
    record = call(world.connect(), "check_in", key=uuid.uuid4(), token=world.tokens["s1"])["id"]
    first, second = world.connect(autocommit=False), world.connect()
    done = call(
        first, "attendance_transition", key=uuid.uuid4(), record_id=record, via="verify", token=world.tokens["officer"]
    )
    assert done["status"] == "accepted"
    waiting = world.later(
        lambda: call(
            second,
            "attendance_transition",
            key=uuid.uuid4(),
            record_id=record,
            via="void",
            reason="was not there at all",
            base_revision=1,
            token=world.tokens["admin"],
        )
    )
    world.blocked(second)
    first.commit()
    refusal = waiting.result(PATIENCE)
    # the record has moved on: from where it is now there is no such move, or the reader has to decide anew
    assert refusal["status"] == "refused"
    assert refusal["code"] in ("SA101", "SA103")
    assert world.count("select revision from attendance.record where id = %s", record) == 2
    world.agrees()


def test_two_records_with_one_key_and_only_one_moves(world: World) -> None:
    records = [
        call(world.connect(), "check_in", key=uuid.uuid4(), token=world.tokens[person])["id"] for person in ("s1", "s2")
    ]
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    arguments = {"key": key, "via": "verify", "token": world.tokens["officer"]}
    assert call(first, "attendance_transition", record_id=records[0], **arguments)["status"] == "accepted"
    waiting = world.later(lambda: call(second, "attendance_transition", record_id=records[1], **arguments))
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)["code"] == "SA102"
    assert world.count("select count(*) from attendance.event where key = %s", key) == 1
    assert world.count("select revision from attendance.record where id = %s", records[1]) == 1
    world.agrees()


def test_two_voided_records_with_one_key_and_only_one_is_replaced(world: World) -> None:
    records = []
    for person in ("s1", "s2"):
        record = call(world.connect(), "check_in", key=uuid.uuid4(), token=world.tokens[person])["id"]
        voided = call(
            world.connect(),
            "attendance_transition",
            key=uuid.uuid4(),
            record_id=record,
            via="void",
            reason="was not in school",
            token=world.tokens["officer"],
        )
        assert voided["status"] == "accepted"
        records.append(record)
    first, second = world.connect(autocommit=False), world.connect()
    key = uuid.uuid4()
    arguments = {"key": key, "reason": "it was voided by mistake", "token": world.tokens["officer"]}
    assert call(first, "attendance_replace", record_id=records[0], **arguments)["status"] == "accepted"
    waiting = world.later(lambda: call(second, "attendance_replace", record_id=records[1], **arguments))
    assert world.blocked(second) == "transactionid"
    first.commit()
    refusal = waiting.result(PATIENCE)
    assert (refusal["status"], refusal["code"]) == ("refused", "SA102")
    assert world.count("select count(*) from attendance.record where replaces_id = %s", records[0]) == 1
    assert world.count("select count(*) from attendance.record where replaces_id = %s", records[1]) == 0
    assert world.count("select count(*) from ledger.refusal where key = %s", key) == 1
    world.agrees()


@pytest.mark.parametrize("name", sorted(mutation.RACES))
def test_a_race_goes_wrong_without_its_guard(clone: Callable[[], str], name: str) -> None:
    """The mutants that one session cannot notice (tests/mutation.py): each of these tests would see its guard go."""
    dsn = a_school(clone())
    with psycopg.connect(dsn, autocommit=True) as connection:
        (mutant,) = [one for one in mutation.Catalog(connection).everything() if one.name == name]
        connection.execute(mutant.statement.encode())
    race: Callable[[World], None] = globals()[mutation.RACES[name].rpartition("::")[2]]
    with a_world(dsn) as world, pytest.raises((psycopg.Error, AssertionError)) as caught:
        race(world)
    assert NEVER_WAITED not in str(caught.value)


def test_batches_that_name_the_same_people_in_any_order_do_not_deadlock(world: World) -> None:
    people = [
        row["id"]
        for n in range(60)
        for row in world.observer.execute("select tap.member('alpha', %s) as id", [f"b{n}"]).fetchall()
    ]
    keys = {person: uuid.uuid4() for person in people}

    def batch(connection: Connection, position: int) -> list[Row]:
        order = random.Random(position).sample(people, len(people))
        entries = [{"key": str(keys[person]), "kind": "in", "subject_id": str(person)} for person in order]
        return calls(
            connection, "check_in_batch", entries=psycopg.types.json.Jsonb(entries), token=world.tokens["kiosk"]
        )

    answers = at_once(world, 8, batch)
    statuses = Counter(row["status"] for rows in answers for row in rows)
    assert statuses == {"accepted": 60, "replayed": 420}
    by_key: dict[str, set[uuid.UUID]] = {}
    for row in (row for rows in answers for row in rows):
        by_key.setdefault(row["key"], set()).add(row["id"])
    assert all(len(found) == 1 for found in by_key.values())
    assert len(by_key) == 60
    world.agrees()


def test_a_check_in_that_runs_when_its_tenant_is_suspended_may_finish_and_no_later_one(world: World) -> None:
    pupil, platform = world.connect(autocommit=False), world.connect()
    token = world.observer.execute("select tap.platform_token() as token").fetchall()[0]["token"]
    assert call(pupil, "check_in", key=uuid.uuid4(), token=world.tokens["s1"])["status"] == "accepted"
    moved = call(
        platform,
        "tenant_transition",
        key=uuid.uuid4(),
        tenant_id=world.ids["tenant"],
        via="suspend",
        reason="under attack since noon",
        token=token,
    )
    assert moved["status"] == "accepted"
    pupil.commit()
    assert world.count("select count(*) from attendance.event where subject_id = %s", world.ids["s1"]) == 1
    with pytest.raises(psycopg.Error) as caught:
        call(pupil, "check_out", key=uuid.uuid4(), token=world.tokens["s1"])
    assert caught.value.sqlstate == "SA004"


def test_a_tenant_is_moved_by_one_operator_at_a_time(world: World) -> None:
    tokens = [
        row["token"]
        for name in ("one", "two")
        for row in world.observer.execute(
            "select tap.platform_token(%s, 'platform_operator') as token", [name]
        ).fetchall()
    ]
    first, second = world.connect(autocommit=False), world.connect()
    arguments = {"tenant_id": world.ids["tenant"], "reason": "has not paid for months"}
    done = call(first, "tenant_transition", key=uuid.uuid4(), via="restrict", token=tokens[0], **arguments)
    assert done["status"] == "accepted"
    waiting = world.later(
        lambda: call(second, "tenant_transition", key=uuid.uuid4(), via="restrict", token=tokens[1], **arguments)
    )
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)["code"] == "SA101"


def test_one_slug_is_given_once(world: World) -> None:
    token = world.observer.execute("select tap.platform_token() as token").fetchall()[0]["token"]
    slug = f"race-{uuid.uuid4().hex[:8]}"

    def create(connection: Connection, position: int) -> Row:
        return call(
            connection,
            "tenant_create",
            key=uuid.uuid4(),
            slug=slug,
            name=f"Number {position}",
            platform="school",
            time_zone="UTC",
            admin_login=f"boss@{slug}.test",
            admin_name="The Boss",
            token=token,
        )

    outcomes = at_once(world, 6, create)
    assert Counter((outcome["status"], outcome["code"]) for outcome in outcomes) == {
        ("accepted", None): 1,
        ("refused", "SA112"): 5,
    }
    assert world.count("select count(*) from tenancy.tenant where slug = %s", slug) == 1
    assert world.count('select count(*) from identity."user" where login = %s', f"boss@{slug}.test") == 1


def test_only_one_first_superadmin(world: World) -> None:
    world.observer.execute(
        "update identity.platform_grant set revoked_at = core.clock() where role = 'superadmin' and revoked_at is null"
    )
    first = world.connect("smartattend_deployer", autocommit=False)
    second = world.connect("smartattend_deployer")
    query = "select identity.bootstrap_superadmin(%s) as id"
    logins = [f"root-{uuid.uuid4().hex[:8]}@example.org" for _ in range(2)]
    assert first.execute(query, [logins[0]]).fetchall()[0]["id"] is not None
    waiting = world.later(lambda: second.execute(query, [logins[1]]).fetchall())
    world.blocked(second)
    first.commit()
    with pytest.raises(psycopg.Error) as caught:
        waiting.result(PATIENCE)
    assert caught.value.sqlstate == "SA112"
    assert world.count('select count(*) from identity."user" where login = %s', logins[1]) == 0


def test_one_person_logs_in_to_the_platform_twice_at_once(world: World) -> None:
    world.observer.execute("select tap.platform_token('twice')")
    login = world.observer.execute(
        "select login from identity.\"user\" where id = tap.id('platform/twice')"
    ).fetchall()[0]["login"]
    first, second = world.connect("smartattend_operator", autocommit=False), world.connect("smartattend_operator")
    query = "select identity.login_platform(%s, 'look into the outage', 'OPS-1') as token"
    first.execute(query, [login])
    waiting = world.later(lambda: second.execute(query, [login]).fetchall())
    world.blocked(second)
    first.commit()
    assert waiting.result(PATIENCE)[0]["token"].startswith("sa_platform_")
    live = """
        select count(*) from identity.platform_session as s
        where s.user_id = tap.id('platform/twice') and s.revoked_at is null
    """
    assert world.count(live) == 1


def test_everything_at_once_leaves_records_that_agree_with_their_events(world: World) -> None:
    """Eight clients punch, submit, review and repeat: nobody deadlocks, and nothing unexpected is raised."""
    call(world.connect(), "register_open", key=uuid.uuid4(), session_id=world.ids["math"], token=world.tokens["f1"])
    # punches share keys with each other, so that some are refused; other commands repeat their own
    keys = {
        kind: [uuid.uuid4() for _ in range(number)] for kind, number in (("punch", 40), ("submit", 5), ("review", 40))
    }
    pupils = [world.ids[name] for name in ("s1", "s2", "s3")]
    unexpected: list[str] = []

    def client(connection: Connection, position: int) -> Counter[str]:
        dice = random.Random(position)
        said: Counter[str] = Counter()
        for _ in range(60):
            kind = dice.choice(["check_in", "check_out", "batch", "submit", "review"])
            key, person = dice.choice(keys.get(kind, keys["punch"])), dice.choice(pupils)
            try:
                if kind in ("check_in", "check_out"):
                    rows = calls(connection, kind, key=key, subject_id=person, token=world.tokens["officer"])
                elif kind == "batch":
                    entries = [
                        {
                            "key": str(dice.choice(keys["punch"])),
                            "kind": dice.choice(["in", "out"]),
                            "subject_id": str(p),
                        }
                        for p in dice.sample(pupils, 3)
                    ]
                    rows = calls(
                        connection,
                        "check_in_batch",
                        entries=psycopg.types.json.Jsonb(entries),
                        token=world.tokens["officer"],
                    )
                elif kind == "submit":
                    rows = calls(
                        connection,
                        "register_submit",
                        key=key,
                        session_id=world.ids["math"],
                        marks=psycopg.types.json.Jsonb([]),
                        default_code="P",
                        token=world.tokens["f1"],
                    )
                else:
                    record = world_record(connection, dice)
                    if record is None:
                        continue
                    rows = calls(
                        connection,
                        "attendance_transition",
                        key=key,
                        record_id=record,
                        via=dice.choice(["verify", "flag", "clear", "void"]),
                        reason="a test of what happens",
                        token=world.tokens[dice.choice(["officer", "admin"])],
                    )
                said.update(row["status"] for row in rows)
            except psycopg.Error as error:
                unexpected.append(f"{kind}: {error.sqlstate} {error}")
        return said

    def world_record(connection: Connection, dice: random.Random) -> uuid.UUID | None:
        connection.execute("select set_config('smartattend.token', %s, false)", [world.tokens["officer"]])
        found = connection.execute("select id from api.attendance order by id").fetchall()
        return dice.choice(found)["id"] if found else None

    said: Counter[str] = Counter()
    for part in at_once(world, 8, client):
        said.update(part)
    assert unexpected == []
    assert said["accepted"] > 0
    assert said["replayed"] > 0
    world.agrees()
    doubled = """
        select count(*) from (
          select from attendance.record where state <> 'voided' and session_id is not null
          group by tenant_id, session_id, subject_id having count(*) > 1
        ) as d
    """
    assert world.count(doubled) == 0
